import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { type AttemptRef, type BlobChunk, LIMITS } from '@mle/protocol';
import { PrepareError } from '../../base/prepare-error.js';
import type { Link } from '../../server/link/link.js';
import type { BlobCache, IncomingBlob } from './blob-cache.js';
import type { SmallBlob } from './blob-packs.js';
import { inTurns } from './in-turns.js';

/** A stream that the server leaves without a byte for so long is asked for again. */
const SILENCE_MS = 30_000;
const ATTEMPTS = 3;
/** Until a server that could not look is asked again. */
const AGAIN_MS = 500;

type Ended = { error: string | null };
type Piece = BlobChunk['pieces'][number];

/** What comes, as it comes. */
interface FetchProgress {
  bytes: (count: number) => void;
  /** A small blob came whole and is in the cache. Short: see `inTurns`. */
  small?: (blob: SmallBlob) => void;
}

/** One answer of the server to `blobs.fetch`: blobs one after the other, in pieces. */
class Stream {
  readonly ended: Promise<Ended>;
  damaged = 0;
  private finish!: (ended: Ended) => void;
  private current: IncomingBlob | null = null;
  private tail: Promise<boolean> = Promise.resolve(true);
  private silence: NodeJS.Timeout | undefined;
  private closed = false;

  constructor(
    private readonly cache: BlobCache,
    private readonly wanted: Map<string, number>,
    private readonly progress: FetchProgress,
  ) {
    this.ended = new Promise((resolve) => {
      this.finish = resolve;
    });
    this.watch();
  }

  /** Resolves when the piece is written: the server sends on by the acknowledgement. */
  take(chunk: BlobChunk, bytes: Buffer): Promise<boolean> {
    this.watch();
    this.tail = this.tail.then(
      () => this.write(chunk, bytes),
      () => false,
    );
    this.tail.catch((error: unknown) => this.end(error instanceof Error ? error.message : String(error)));
    return this.tail;
  }

  end(error: string | null): void {
    if (this.closed) return;
    this.closed = true;
    clearTimeout(this.silence);
    void this.tail
      .catch((failure: unknown) => {
        error ??= failure instanceof Error ? failure.message : String(failure);
      })
      .then(() => this.current?.interrupt())
      .then(() => this.finish({ error }));
  }

  private async write({ pieces }: BlobChunk, bytes: Buffer): Promise<boolean> {
    if (this.closed) return false;
    let at = 0;
    const parts = pieces.map((piece) => ({ piece, bytes: bytes.subarray(at, (at += piece.length)) }));
    const whole = parts.filter(({ piece }) => isWhole(piece));
    const wanted = whole.filter(({ piece }) => this.wanted.has(piece.sha256));
    const added = this.cache.add(wanted.map(({ piece, bytes: content }) => ({ sha256: piece.sha256, bytes: content })));
    this.damaged += wanted.length - added.length;
    for (const { piece } of wanted) this.wanted.delete(piece.sha256);
    await inTurns(added, (blob) => {
      this.progress.bytes(blob.bytes.length);
      this.progress.small?.(blob);
    });
    let all = wanted.length === whole.length;
    for (const { piece, bytes: content } of parts)
      if (!isWhole(piece)) all = (await this.writePiece(piece, content)) && all;
    return all;
  }

  private async writePiece({ sha256, offset, size }: Piece, bytes: Buffer): Promise<boolean> {
    const from = this.wanted.get(sha256);
    if (from === undefined) return false;
    if (this.current !== null && this.current.sha256 !== sha256) {
      await this.current.interrupt();
      this.current = null;
    }
    this.current ??= await this.cache.receive(sha256, from);
    if (offset !== this.current.received) {
      await this.current.abandon();
      this.current = null;
      throw new Error(`A piece of blob ${sha256} is out of order.`);
    }
    await this.current.write(bytes);
    this.progress.bytes(bytes.length);
    if (this.current.received < size) return true;
    const blob = this.current;
    this.current = null;
    if (!(await blob.complete())) this.damaged++;
    this.wanted.delete(sha256);
    return true;
  }

  private watch(): void {
    clearTimeout(this.silence);
    if (!this.closed) this.silence = setTimeout(() => this.end('The server sent nothing more.'), SILENCE_MS);
  }
}

function isWhole({ offset, length, size }: Piece): boolean {
  return offset === 0 && length === size;
}

/** Brings missing blobs into the cache, each once, however many runs wait for it. */
export class BlobFetcher {
  private readonly streams = new Map<string, Stream>();
  private readonly underWay = new Map<string, Promise<void>>();

  constructor(
    private readonly link: Link,
    private readonly cache: BlobCache,
  ) {
    link.on('offline', () => {
      for (const stream of this.streams.values()) stream.end('The connection to the server was lost.');
    });
  }

  chunk(chunk: BlobChunk, bytes: Buffer): Promise<boolean> {
    return this.streams.get(chunk.streamId)?.take(chunk, bytes) ?? Promise.resolve(false);
  }

  blobEnd(end: { streamId: string; error: string | null }): void {
    this.streams.get(end.streamId)?.end(end.error);
  }

  /** The bytes of one blob, from the cache where it is there. */
  async read(ref: AttemptRef, sha256: string, signal: AbortSignal): Promise<Buffer> {
    for (;;) {
      const bytes = this.cache.read(sha256);
      if (bytes !== null) return bytes;
      await this.bring(ref, [sha256], { bytes: () => undefined }, signal);
    }
  }

  /** Brings blobs that the cache does not have: afterwards all are there, or it throws `PrepareError`. */
  async bring(ref: AttemptRef, missing: string[], progress: FetchProgress, signal: AbortSignal): Promise<void> {
    const others = missing.filter((sha256) => this.underWay.has(sha256));
    const mine = missing.filter((sha256) => !this.underWay.has(sha256));
    if (mine.length > 0) {
      const work = this.fetch(ref, mine, progress, signal);
      const settled = work.catch(() => undefined);
      for (const sha256 of mine) this.underWay.set(sha256, settled);
      try {
        await work;
      } finally {
        for (const sha256 of mine) this.underWay.delete(sha256);
      }
    }
    if (others.length > 0) {
      for (const sha256 of others) await this.underWay.get(sha256);
      // What the other run did not get, this one asks for itself.
      await this.bring(
        ref,
        others.filter((sha256) => !this.cache.has(sha256)),
        progress,
        signal,
      );
    }
  }

  private async fetch(ref: AttemptRef, hashes: string[], progress: FetchProgress, signal: AbortSignal): Promise<void> {
    let left = hashes;
    let error = '';
    for (let failures = 0; failures < ATTEMPTS;) {
      await this.link.untilOnline(signal);
      const before = left.length;
      const end = await this.stream(ref, left.slice(0, LIMITS.blobsPerFetch), progress, signal);
      error = end.error;
      if (end.again) await delay(AGAIN_MS, undefined, { signal });
      left = left.filter((sha256) => !this.cache.has(sha256));
      if (left.length === 0) return;
      // A lost connection is no failure: it goes on from where it was. Nor is a database that is away.
      if (this.link.online && !end.again && left.length === before) failures++;
    }
    throw new PrepareError(`The files of the project did not reach this machine. ${error} Run it again.`);
  }

  /** Returns what went wrong, if something did. */
  private async stream(
    ref: AttemptRef,
    hashes: string[],
    progress: FetchProgress,
    signal: AbortSignal,
  ): Promise<{ error: string; again: boolean }> {
    const partial = await this.cache.partialSizes();
    const items = hashes.map((sha256) => ({ sha256, from: partial.get(sha256) ?? 0 }));
    const streamId = randomUUID();
    const stream = new Stream(this.cache, new Map(items.map(({ sha256, from }) => [sha256, from])), progress);
    this.streams.set(streamId, stream);
    const onAbort = (): void => stream.end('The run was stopped.');
    signal.addEventListener('abort', onAbort);
    try {
      const reply = await this.link.fetchBlobs({ ...ref, streamId, items }).catch((error: unknown) => ({
        ok: false as const,
        message: error instanceof Error ? error.message : String(error),
        again: false,
      }));
      if (!reply.ok) {
        stream.end(reply.message);
        await stream.ended;
        return { error: reply.message, again: reply.again === true };
      }
      const { error } = await stream.ended;
      signal.throwIfAborted();
      const damaged = `The bytes of ${stream.damaged} of them were damaged on the way.`;
      return { error: stream.damaged > 0 ? damaged : (error ?? 'The server does not have all of them.'), again: false };
    } finally {
      signal.removeEventListener('abort', onAbort);
      this.streams.delete(streamId);
    }
  }
}
