import { signal } from '@angular/core';
import type { AttemptView, OutputFrame, RunView, Segment } from '@mle/protocol';
import type { EventsSocket } from '../core/events-socket';
import { sentence } from '../core/problem';
import { STREAM_ORDER } from '../core/protocol-values';
import type { OutputApi } from './output-api';
import { OutputBuffer, type Piece } from './output-buffer';

const MiB = 1024 * 1024;
const FIRST_CHUNK = 256 * 1024;
const CHUNK = 4 * MiB;
/** Of a longer output the page loads the end; all of it is in the download. */
const LOADED_TAIL_BYTES = 96 * MiB;
/** A buffer that has grown beyond this starts anew from the tail. */
const BUFFER_LIMIT_BYTES = 256 * MiB;
const RETRY_MS = 400;
const WATCH_RETRY_MS = 3000;
/** Ranges that are asked for at the same time. */
const PARALLEL = 3;
/** What is shown of the end while the rest of a long output is on its way. */
const PREVIEW_BYTES = 128 * 1024;

/** An attempt that another one followed: nothing is added to its output. */
export type EndedAttempt = Pick<AttemptView, 'n' | 'outputBytes'>;

/** Keeps the buffer of one run complete: live frames as they come, and the ranges that they leave open. */
export class OutputFeed {
  /** Rises when there is something new to draw, at most once per frame of the screen. */
  readonly version = signal(0);
  readonly error = signal<string | null>(null);
  readonly loading = signal(true);
  attempt = 0;
  private full = new OutputBuffer();
  /** The end of a long output, for the time until all of it is here. */
  private preview: OutputBuffer | null = null;
  private known = 0;
  private opened = 0;
  private filling: Promise<void> | null = null;
  private drawing = false;
  private again: ReturnType<typeof setTimeout> | null = null;
  private readonly off: (() => void)[] = [];

  constructor(
    readonly runId: string,
    private readonly events: EventsSocket,
    private readonly api: OutputApi,
    private readonly ended: EndedAttempt | null = null,
  ) {}

  /** What there is to show. */
  get buffer(): OutputBuffer {
    return this.preview ?? this.full;
  }

  /** Lines before those of `buffer` are still on their way, so that its lines have no numbers yet. */
  get previewing(): boolean {
    return this.preview !== null;
  }

  /** Bytes of the beginning that this page does not load; the download has them. */
  get leftOut(): number {
    return this.full.start;
  }

  /** Begins to follow; `close` as often as `open`. */
  open(): void {
    if (this.opened++ > 0) return;
    if (!this.ended) {
      this.off.push(
        this.events.on('output', (frame, bytes) => this.onFrame(frame, bytes)),
        this.events.on('run.changed', (run) => this.onRun(run)),
      );
    }
    void this.catchUp();
  }

  close(): void {
    if (--this.opened > 0) return;
    if (this.again !== null) clearTimeout(this.again);
    this.again = null;
    if (!this.ended) this.events.unwatch(this.runId);
    this.off.splice(0).forEach((off) => off());
  }

  /** Watches (again) and asks for what was missed: called at the start and after each connection. */
  async catchUp(): Promise<void> {
    if (this.opened === 0 || !this.events.connected()) return;
    try {
      const run = this.ended ? this.beginEnded(this.ended) : await this.watch();
      await this.loadPreview();
      if (run) this.onRun(run);
      await this.fill();
    } catch (error) {
      this.error.set(sentence(error));
      // The server may be there while its database is away: no new connection would call again.
      this.again ??= setTimeout(() => {
        this.again = null;
        void this.catchUp();
      }, WATCH_RETRY_MS);
    } finally {
      this.loading.set(false);
      this.draw();
    }
  }

  private beginEnded({ n, outputBytes }: EndedAttempt): null {
    this.begin(n, outputBytes);
    return null;
  }

  private async watch(): Promise<RunView> {
    const reply = await this.events.watch(this.runId);
    if (!reply.ok) throw new Error(reply.message);
    this.error.set(null);
    this.begin(reply.attempt, reply.storedBytes);
    return reply.run;
  }

  private begin(attempt: number, storedBytes: number): void {
    if (attempt > this.attempt) {
      this.attempt = attempt;
      this.known = 0;
      this.full = new OutputBuffer(Math.max(0, storedBytes - LOADED_TAIL_BYTES));
      this.preview = null;
      this.draw();
    }
    if (attempt === this.attempt) this.known = Math.max(this.known, storedBytes);
  }

  private onRun(run: RunView): void {
    if (run.id !== this.runId) return;
    this.begin(run.attempt, run.outputBytes);
    void this.fill();
  }

  private onFrame(frame: OutputFrame, bytes: ArrayBuffer): void {
    if (frame.runId !== this.runId || frame.attempt < this.attempt) return;
    this.begin(frame.attempt, 0);
    const data = new Uint8Array(bytes);
    this.preview?.accept(frame.from, frame.segments, data);
    if (this.full.accept(frame.from, frame.segments, data) || this.preview) this.draw();
    if (this.full.end - this.full.start > BUFFER_LIMIT_BYTES) this.restartFromTail();
    if (this.full.missing(this.known)) void this.fill();
  }

  private restartFromTail(): void {
    this.known = this.full.end;
    this.preview = this.full;
    this.full = new OutputBuffer(this.known - LOADED_TAIL_BYTES);
  }

  /** The end first: a long output shows its last lines at once. */
  private async loadPreview(): Promise<void> {
    const { full, attempt, known } = this;
    if (this.preview || known - full.end < CHUNK) return;
    const preview = new OutputBuffer(known - PREVIEW_BYTES);
    const range = await this.api.range(this.runId, attempt, preview.start, known);
    if (full !== this.full) return;
    preview.accept(range.from, ...piecesOf(range));
    this.preview = preview;
    this.loading.set(false);
    this.draw();
  }

  /** Whoever asks while it is under way waits for the same. */
  private fill(): Promise<void> {
    this.filling ??= this.fillGaps().finally(() => (this.filling = null));
    return this.filling;
  }

  private async fillGaps(): Promise<void> {
    try {
      for (let gap = this.gap(); gap; gap = this.gap()) {
        const { full, attempt } = this;
        const before = full.end;
        const ranges = await Promise.all(
          chunks(gap).map(({ from, to }) => this.api.range(this.runId, attempt, from, to)),
        );
        if (full !== this.full) continue;
        for (const range of ranges) full.accept(range.from, ...piecesOf(range));
        this.error.set(null);
        this.draw();
        // A watcher may know of bytes before they are durable: they are stored in a moment.
        if (full.end === before) await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
      if (this.preview && !this.full.missing(this.known)) {
        this.preview = null;
        this.draw();
      }
    } catch (error) {
      this.error.set(sentence(error));
      setTimeout(() => void this.fill(), 5 * RETRY_MS);
    }
  }

  private gap(): { from: number; to: number } | null {
    return this.opened > 0 && this.events.connected() ? this.full.missing(this.known) : null;
  }

  private draw(): void {
    if (this.drawing) return;
    this.drawing = true;
    requestAnimationFrame(() => {
      this.drawing = false;
      this.version.update((version) => version + 1);
    });
  }
}

/** The parts of a gap that are asked for together: a small one first, so that something shows at once. */
export function chunks(gap: { from: number; to: number }): { from: number; to: number }[] {
  const parts: { from: number; to: number }[] = [];
  for (let from = gap.from; from < gap.to && parts.length < PARALLEL;) {
    const to = Math.min(gap.to, from + (from === 0 ? FIRST_CHUNK : CHUNK));
    parts.push({ from, to });
    from = to;
  }
  return parts;
}

/**
 * The pieces of a range and the bytes that they cover: both lists were asked for by themselves, and may end at
 * different offsets.
 */
export function piecesOf(range: { from: number; bytes: Uint8Array; segments: Segment[] }): [Piece[], Uint8Array] {
  const end = range.from + range.bytes.length;
  const pieces: Piece[] = [];
  let at = range.from;
  for (const segment of range.segments) {
    const to = Math.min(segment.offset + segment.length, end);
    if (to <= at) continue;
    if (segment.offset > at) break;
    pieces.push([to - at, STREAM_ORDER.indexOf(segment.stream), segment.time]);
    at = to;
  }
  return [pieces, range.bytes.subarray(0, at - range.from)];
}
