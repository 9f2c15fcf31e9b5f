import { OUTPUT_STREAMS } from '@mle/protocol';
import { Context, type ContextState } from './context.js';
import { EventLines } from './event-lines.js';
import { LineReader } from './line-reader.js';
import { compilePattern, type Pattern } from './patterns.js';
import { NO_RULES, type ReadingRules } from './reading-rules.js';
import { keptSeries, type SeriesPoints, type SeriesState } from './series.js';
import { type BookState, SeriesBook } from './series-book.js';
import type { Source } from './sources.js';
import { type Shared, StreamReader, type StreamState } from './stream-reader.js';

/** All that decides what the bytes after an offset mean: plain data, so that any process can go on with it. */
export interface ReaderState {
  version: number;
  /** Of the project's rules. */
  rules?: string;
  offset: number;
  sampled: boolean;
  streams: StreamState[];
  /** A line of event files that is not whole yet. */
  events?: string | null;
  context: ContextState;
  book: BookState;
}

/** The rules by which a state was made; with others the output is read again from its beginning. */
const READER_VERSION = 3;
/** Of the streams of an attempt the program's own: stdout and stderr. */
const STREAMS = 2;
const EVENTS = OUTPUT_STREAMS.indexOf('tensorboard');

/** Whether a state was made by the rules of today, the project's with the `key` among them. */
export function isCurrent(state: unknown, key: string): state is ReaderState {
  const { version, rules = '' } = (state ?? {}) as Partial<ReaderState>;
  return version === READER_VERSION && rules === key;
}

/** Names all rules that points are made by. */
export const readBy = (key: string): string => `${READER_VERSION} ${key}`;

/** The points that no series took, or one that is not shown. */
export function droppedPoints({ book: { series, dropped } }: ReaderState): number {
  const kept = new Set(keptSeries(series));
  return series.reduce((sum, one) => (kept.has(one) || one.hidden ? sum : sum + one.count), dropped);
}

const isPattern = (compiled: Pattern | string): compiled is Pattern => typeof compiled !== 'string';

/** The values about the whole run, of an attempt whose output was read to its end. */
export const finalsOf = ({ book }: ReaderState, rules: ReadingRules): Record<string, number> =>
  new SeriesBook(book, rules).finals;

/**
 * Turns the output of one attempt into series and final values. The same bytes make the same points, however they are
 * cut.
 */
export class OutputReader {
  private readonly shared: Shared;
  private readonly streams: StreamReader[];
  private readonly events: EventLines;
  private offset: number;
  private passed: boolean;
  private readonly rules: string;

  constructor({ state, rules = NO_RULES }: { state?: ReaderState | undefined; rules?: ReadingRules } = {}) {
    const patterns = rules.patterns.map(({ text, axis }) => compilePattern(text, axis)).filter(isPattern);
    this.rules = rules.key;
    this.shared = {
      context: new Context(state?.context),
      book: new SeriesBook(state?.book, rules),
      lines: new LineReader(),
      patterns,
      time: 0,
    };
    this.streams = Array.from({ length: STREAMS }, (_, i) => new StreamReader(this.shared, state?.streams[i]));
    this.events = new EventLines(this.shared.book, state?.events);
    this.offset = state?.offset ?? 0;
    this.passed = state?.sampled ?? false;
  }

  get state(): ReaderState {
    const { context, book } = this.shared;
    return {
      version: READER_VERSION,
      rules: this.rules,
      offset: this.offset,
      sampled: this.passed,
      streams: this.streams.map(({ state }) => state),
      ...(this.events.state !== '' && { events: this.events.state }),
      context: context.state,
      book: book.state,
    };
  }

  /** Takes the next bytes of the output; our own sentences are passed by. `time`: when they came. */
  push(bytes: Uint8Array, stream: number, time: number): void {
    this.shared.time = time;
    if (stream === EVENTS) this.events.push(bytes, this.offset);
    else this.streams[stream]?.push(bytes, this.offset);
    this.offset += bytes.length;
  }

  /** Passes over output that there is no time to read. */
  skip(bytes: number): void {
    this.passed = true;
    this.offset += bytes;
    for (const stream of this.streams) stream.skip();
    this.events.skip();
  }

  /** No more output comes. */
  end(): void {
    for (const stream of this.streams) stream.end(this.offset);
  }

  /** The points since the last call. */
  take(): SeriesPoints[] {
    return this.shared.book.take();
  }

  /** The series that are shown: at most `LIMITS.metricSeries`, those that were printed most. */
  get series(): SeriesState[] {
    return this.shared.book.kept;
  }

  /** Lines were passed over. */
  get sampled(): boolean {
    return this.passed;
  }

  /** Values that were printed once, or about the whole run. They are final when the output has ended. */
  get finals(): Record<string, number> {
    return this.shared.book.finals;
  }

  /** Something was read that a later line may still add to. */
  get hasFound(): boolean {
    return this.shared.book.hasSeries || this.shared.book.hasFinals;
  }

  /** For each name the line that it was read from last. */
  get foundIn(): { name: string; source: Source }[] {
    return this.shared.book.foundIn;
  }
}
