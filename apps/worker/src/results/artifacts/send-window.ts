import { LIMITS } from '@mle/protocol';

const SMALLEST_CHUNK = 32 * 1024;
const LARGEST = LIMITS.blobChunkBytes * LIMITS.blobChunksInFlight;
/**
 * Acknowledgements later than this make the window smaller, so that output and heartbeats find a short queue on a slow
 * line.
 */
const SLOW_ACK_MS = 400;
const STEP = 64 * 1024;

/**
 * How much of artifacts may be under way at once, of all runs of the machine together. Whoever waits longest goes
 * first.
 */
export class SendWindow {
  private limit: number = LIMITS.blobChunkBytes;
  private inFlight = 0;
  private readonly waiting: (() => void)[] = [];

  /** `outputIsUnderWay`: then only the smallest piece is sent at a time. */
  constructor(private readonly outputIsUnderWay: () => boolean) {}

  /** How long the next piece may be. */
  get chunkBytes(): number {
    if (this.outputIsUnderWay()) return SMALLEST_CHUNK;
    return Math.min(LIMITS.blobChunkBytes, Math.max(SMALLEST_CHUNK, this.limit / 2));
  }

  /** Waits for room, and takes it. */
  async take(bytes: number): Promise<void> {
    if (this.waiting.length > 0 || !this.fits(bytes)) {
      do await new Promise<void>((resolve) => this.waiting.push(resolve));
      while (!this.fits(bytes));
    }
    this.inFlight += bytes;
    this.wakeNext();
  }

  /** Gives room back. `tookMs`: until the acknowledgement; null where none came. */
  release(bytes: number, tookMs: number | null): void {
    this.inFlight -= bytes;
    this.limit =
      tookMs === null || tookMs > SLOW_ACK_MS
        ? Math.max(SMALLEST_CHUNK, this.limit / 2)
        : Math.min(LARGEST, this.limit + STEP);
    this.wakeNext();
  }

  private fits(bytes: number): boolean {
    return this.inFlight === 0 || this.inFlight + bytes <= (this.outputIsUnderWay() ? SMALLEST_CHUNK : this.limit);
  }

  private wakeNext(): void {
    this.waiting.shift()?.();
  }
}
