import type { AttemptRef, OutputReply } from '@mle/protocol';
import { isProgramStream, LIMITS, TIMING } from '@mle/protocol';
import type { Logger } from '../../base/logger.js';
import type { Link } from '../../server/link/link.js';
import { SpoolReader } from './spool-reader.js';

const SMALLEST_WINDOW = LIMITS.outputFrameBytes;
const READ_AGAIN_MS = 5_000;
/** Acknowledgements later than this make the window smaller, so that heartbeats find a short queue on a slow line. */
const SLOW_ACK_MS = 500;

/**
 * Sends the output of one attempt from its spool: the first bytes at once, then gathered for at most 25 ms. What the
 * server has not acknowledged stays below the window; the rest waits on the disk.
 */
export class OutputSender {
  /** What the server has stored. */
  private stored = 0;
  private sent = 0;
  private available: number;
  private end: number | null = null;
  private window: number = LIMITS.outputUnackedBytes;
  private lastSentAt = Number.NEGATIVE_INFINITY;
  /** A pump of an older generation stops at its next step. */
  private generation = 0;
  /** The one pump that may touch the reader. */
  private pump: Promise<void> = Promise.resolve();
  private readonly wakers = new Set<() => void>();

  private readonly reader: SpoolReader;

  constructor(
    private readonly link: Link,
    private readonly ref: AttemptRef,
    path: string,
    available: number,
    private readonly onSuperseded: () => void,
    private readonly log: Logger,
  ) {
    this.reader = new SpoolReader(path);
    this.available = available;
  }

  /** What the spool holds, as far as is known. */
  get availableBytes(): number {
    return this.available;
  }

  /** Goes on from what the server has stored; called once per connection. */
  resume(storedBytes: number): void {
    const generation = ++this.generation;
    this.stored = storedBytes;
    this.sent = storedBytes;
    this.window = LIMITS.outputUnackedBytes;
    this.wake();
    this.pump = this.pump.then(() => this.send(generation));
  }

  /** The connection is lost: nothing is sent until `resume`. */
  suspend(): void {
    this.generation++;
    this.wake();
  }

  /** The spool holds `bytes` bytes of output now. */
  notify(bytes: number): void {
    if (bytes <= this.available) return;
    this.available = bytes;
    this.wake();
  }

  /** Resolves with the SHA-256 when the server has stored all `end` bytes. */
  async finish(end: number, signal: AbortSignal): Promise<string> {
    this.end = end;
    this.notify(end);
    this.wake();
    while (this.stored < end) {
      signal.throwIfAborted();
      await this.change(signal);
    }
    const digest = this.pump.then(() => this.reader.digest(end));
    this.pump = digest.then(
      () => undefined,
      () => undefined,
    );
    this.suspend();
    const hash = await digest;
    if (hash === null) throw new Error(`The spool of ${this.ref.runId} is shorter than its ${end} bytes.`);
    return hash;
  }

  async close(): Promise<void> {
    this.suspend();
    await this.pump;
    this.reader.close();
  }

  private async send(generation: number): Promise<void> {
    try {
      if (generation === this.generation) await this.reader.seek(this.sent);
      while (generation === this.generation) {
        if (this.sent - this.stored >= this.window || this.sent >= this.available) {
          await this.change();
          continue;
        }
        await this.gather(generation);
        if (generation !== this.generation) return;
        const room = Math.min(LIMITS.outputFrameBytes, this.stored + this.window - this.sent);
        const chunk = await this.reader.read(room, this.available);
        if (generation !== this.generation) return;
        if (chunk === null) {
          await this.change();
          continue;
        }
        this.sent = chunk.from + chunk.bytes.length;
        const sentAt = performance.now();
        // Text of our own does not delay what the program says first.
        if (chunk.segments.some(([, stream]) => isProgramStream(stream))) this.lastSentAt = sentAt;
        this.link.output({ ...this.ref, from: chunk.from, segments: chunk.segments }, chunk.bytes).then(
          (reply) => this.onReply(generation, reply, performance.now() - sentAt),
          () => this.onSilence(generation),
        );
      }
    } catch (error) {
      this.log.error({ err: error, runId: this.ref.runId }, 'The output of a run cannot be read from its spool.');
      setTimeout(() => this.onSilence(generation), READ_AGAIN_MS).unref();
    }
  }

  /** Lets small pieces come together, unless the line was quiet. */
  private async gather(generation: number): Promise<void> {
    const until = this.lastSentAt + TIMING.outputCoalesceMs;
    while (
      generation === this.generation &&
      this.available - this.sent < LIMITS.outputFrameBytes &&
      this.end === null
    ) {
      const left = until - performance.now();
      if (left <= 0) return;
      await this.change(undefined, left);
    }
  }

  private onReply(generation: number, reply: OutputReply, tookMs: number): void {
    if (generation !== this.generation) return;
    if (reply.ok) {
      this.stored = Math.max(this.stored, reply.storedBytes);
      this.window =
        tookMs > SLOW_ACK_MS
          ? Math.max(SMALLEST_WINDOW, this.window / 2)
          : Math.min(LIMITS.outputUnackedBytes, this.window + SMALLEST_WINDOW);
      this.wake();
    } else if (reply.code === 'gap') {
      this.resume(reply.expected);
    } else {
      this.suspend();
      this.onSuperseded();
    }
  }

  /** No acknowledgement, or no bytes, though the connection may live: the same bytes are sent again. */
  private onSilence(generation: number): void {
    if (generation === this.generation && this.link.online) this.resume(this.stored);
  }

  private wake(): void {
    for (const waker of [...this.wakers]) waker();
  }

  private change(signal?: AbortSignal, milliseconds?: number): Promise<void> {
    return new Promise((resolve) => {
      const go = (): void => {
        this.wakers.delete(go);
        clearTimeout(timer);
        signal?.removeEventListener('abort', go);
        resolve();
      };
      const timer = milliseconds === undefined ? undefined : setTimeout(go, milliseconds);
      this.wakers.add(go);
      signal?.addEventListener('abort', go);
    });
  }
}
