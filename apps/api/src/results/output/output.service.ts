import { type AttemptRef, OUTPUT_STREAMS, type OutputStream, type Segment } from '@mle/protocol';
import { Injectable } from '@nestjs/common';
import { EventsService } from '../../platform/signals/events.service.js';
import { RunHooks } from '../../run-records/run-hooks.js';
import { type Chunk, OutputRepository } from './output.repository.js';
import { clipSegments } from './segment-codec.js';

/** A range of the whole sequence, and the one stream that is wanted; null: those that a person reads. */
export interface OutputRange {
  from: number;
  to: number;
  stream: OutputStream | 'all' | null;
}

const EVENTS = OUTPUT_STREAMS.indexOf('tensorboard');
/** A notice may be lost between replicas: a follower looks by itself this often. */
const LOOK_AGAIN_MS = 1_000;

/** Reads stored output. */
@Injectable()
export class OutputService {
  constructor(
    private readonly output: OutputRepository,
    private readonly events: EventsService,
    runs: RunHooks,
  ) {
    runs.onDelete.add((runIds) => this.output.removeRuns(runIds));
  }

  storedBytes(ref: AttemptRef): Promise<number> {
    return this.output.end(ref);
  }

  /** What is stored of the range, with the stream and time of each piece. */
  chunks(ref: AttemptRef, from: number, to: number): AsyncGenerator<Chunk> {
    return this.output.read(ref, from, to);
  }

  async *read(ref: AttemptRef, { from, to, stream }: OutputRange): AsyncGenerator<Buffer> {
    for await (const chunk of this.output.read(ref, from, to)) yield* only(chunk, stream);
  }

  /** What is stored in the range, then what comes, until `ended` says that no more will and all is read. */
  async *follow(
    ref: AttemptRef,
    { from, to, stream }: OutputRange,
    ended: () => Promise<boolean>,
    signal: AbortSignal,
  ): AsyncGenerator<Buffer> {
    const waker = new Waker(this.events, ref);
    try {
      let at = from;
      while (at < to && !signal.aborted) {
        waker.reset();
        const last = await ended();
        const before = at;
        for await (const chunk of this.output.read(ref, at, to)) {
          at = chunk.to;
          yield* only(chunk, stream);
          if (signal.aborted) return;
        }
        if (last) return;
        if (at === before) await waker.wait(LOOK_AGAIN_MS, signal);
      }
    } finally {
      waker.close();
    }
  }

  async segments(ref: AttemptRef, from: number, to: number): Promise<Segment[]> {
    const segments: Segment[] = [];
    for await (const chunk of this.output.read(ref, from, to))
      segments.push(...clipSegments(chunk.segments, chunk.from, from, to));
    return segments;
  }
}

/** Wakes a follower when output of its attempt was stored, or the attempt ended. */
class Waker {
  private woken = false;
  private wake: () => void = () => undefined;
  private readonly off: (() => void)[];

  constructor(events: EventsService, { runId, attempt }: AttemptRef) {
    const hear = (ref: AttemptRef): void => {
      if (ref.runId !== runId || ref.attempt !== attempt) return;
      this.woken = true;
      this.wake();
    };
    this.off = [events.on('output.stored', hear), events.on('attempt.ended', hear)];
  }

  reset(): void {
    this.woken = false;
  }

  async wait(milliseconds: number, signal: AbortSignal): Promise<void> {
    if (this.woken || signal.aborted) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, milliseconds);
      this.wake = done;
      signal.addEventListener('abort', done, { once: true });
    });
  }

  close(): void {
    for (const off of this.off) off();
  }
}

/** Neighbours that are wanted come as one piece. */
function* only({ data, segments }: Pick<Chunk, 'data' | 'segments'>, stream: OutputRange['stream']): Generator<Buffer> {
  const isWanted = (index: number): boolean =>
    stream === 'all' || (stream === null ? index !== EVENTS : OUTPUT_STREAMS[index] === stream);
  let from = 0;
  let to = 0;
  for (const [length, index] of segments) {
    if (!isWanted(index)) {
      if (to > from) yield data.subarray(from, to);
      from = to + length;
    }
    to += length;
  }
  if (to > from) yield data.subarray(from, to);
}
