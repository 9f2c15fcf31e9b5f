import type { DEFAULT_DISK_GB, EVENTS_NAMESPACE, LIMITS, OutputStream, RunState, VERSION } from '@mle/protocol';

// The page takes types from the protocol but no module of it: its schemas would put zod into the first download.
// A test compares each value here with the protocol's own.
export const EVENTS: typeof EVENTS_NAMESPACE = '/events';
export const PRODUCT_VERSION: typeof VERSION = '0.1.0';
export const EDITOR_FILE_BYTES: (typeof LIMITS)['editorFileBytes'] = 2 * 1024 * 1024;
export const COMPARED_RUNS: (typeof LIMITS)['comparedRuns'] = 20_000;
export const DISK_GB: typeof DEFAULT_DISK_GB = 60;
export const STREAM_ORDER: readonly OutputStream[] = ['stdout', 'stderr', 'system', 'tensorboard'];
export const ACTIVE: readonly RunState[] = ['queued', 'assigned', 'preparing', 'running', 'stopping'];

export const isActive = (state: RunState): boolean => ACTIVE.includes(state);
