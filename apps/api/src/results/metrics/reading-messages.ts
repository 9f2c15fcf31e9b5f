import type { StoredPoints } from './metric-points.js';
import type { ReaderState } from './reader/output-reader.js';
import type { ReadingRules } from './reader/reading-rules.js';
import type { SeriesState } from './reader/series.js';

/** What the thread is told of one reader. All but `open` and `close` are answered. */
export type ReadingRequest = { reader: number } & (
  | { kind: 'open'; state: ReaderState | undefined; rules: ReadingRules }
  | { kind: 'read'; data: Uint8Array; segments: [length: number, stream: number, time: number][] }
  | { kind: 'skip'; bytes: number }
  | { kind: 'end' }
  | { kind: 'state' }
  | { kind: 'close' }
);

/** What a reader found since its last answer, and how its series stand. `state`: where it was asked for. */
export interface ReadingProgress {
  points: StoredPoints[];
  series: SeriesState[];
  hasFound: boolean;
  /** Values about the whole run: with the answer to `end`, when it is known that no other follows. */
  finals: Record<string, number> | null;
  state: ReaderState | null;
}
