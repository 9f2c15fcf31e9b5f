import { ACTIVE_STATES, DEFAULT_DISK_GB, EVENTS_NAMESPACE, LIMITS, OUTPUT_STREAMS, VERSION } from '@mle/protocol';
import {
  ACTIVE,
  COMPARED_RUNS,
  DISK_GB,
  EDITOR_FILE_BYTES,
  EVENTS,
  PRODUCT_VERSION,
  STREAM_ORDER,
} from './protocol-values';

describe('the values that the page keeps of the protocol', () => {
  it('are the protocol’s', () => {
    expect(EVENTS).toBe(EVENTS_NAMESPACE);
    expect(PRODUCT_VERSION).toBe(VERSION);
    expect(EDITOR_FILE_BYTES).toBe(LIMITS.editorFileBytes);
    expect(COMPARED_RUNS).toBe(LIMITS.comparedRuns);
    expect(DISK_GB).toBe(DEFAULT_DISK_GB);
    expect(STREAM_ORDER).toEqual(OUTPUT_STREAMS);
    expect(ACTIVE).toEqual(ACTIVE_STATES);
  });
});
