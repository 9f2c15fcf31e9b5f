import type { FileHandle } from 'node:fs/promises';
import type { ArtifactChunk, ArtifactEntry, AttemptRef, DroppedArtifact } from '@mle/protocol';
import { LIMITS } from '@mle/protocol';
import type { Link } from '../../server/link/link.js';
import { SendWindow } from './send-window.js';

/** Contents up to this size travel several in one message. */
const SMALL_BYTES = 64 * 1024;

/** The attempt is over for the server, or never was this machine's. */
export class Superseded extends Error {}

/** A file to be stored, whose hash is known. */
export interface Source {
  entry: ArtifactEntry;
  /** The file, if it is still what was hashed; else it throws. */
  open: () => Promise<FileHandle>;
}

interface Stored {
  stored: ArtifactEntry[];
  /** What the server has no room for. */
  refused: DroppedArtifact[];
  /** Dropped files that nobody has been told of yet. */
  news: DroppedArtifact[];
  /** Changed while they were sent: they are looked at anew. */
  changed: ArtifactEntry[];
}

type Piece = ArtifactChunk['pieces'][number];
/** Ended early: the server has to be asked where to go on. */
type Sent = { end: 'done' | 'broken' | 'full'; changed: Set<string> };

/** Stores files of runs on the server: says what there is, and sends what the server lacks. */
export class ArtifactSender {
  private readonly window: SendWindow;

  constructor(private readonly link: Link) {
    this.window = new SendWindow(() => link.outputUnderWay);
  }

  /** Goes on across losses of the connection. Throws `Superseded`, or the signal's reason. */
  async store(
    ref: AttemptRef,
    sources: Source[],
    news: { dropped: DroppedArtifact[]; removed: string[] },
    signal: AbortSignal,
  ): Promise<Stored> {
    const result: Stored = { stored: [], refused: [], news: [], changed: [] };
    let due = sources;
    let { dropped, removed } = news;
    do {
      const put = { ...ref, items: due.map(({ entry }) => entry), dropped, removed };
      const reply = await this.link.insist(signal, () => this.link.putArtifacts(put));
      if (!reply.ok) throw new Superseded('The attempt is over.');
      dropped = [];
      removed = [];
      result.refused.push(...reply.refused);
      result.news.push(...reply.news);
      const refused = new Set(reply.refused.map(({ path }) => path));
      const missing = new Map(reply.missing.map(({ sha256, from }) => [sha256, from]));
      const accepted = due.filter(({ entry }) => !refused.has(entry.path));
      result.stored.push(...accepted.filter(({ entry }) => !missing.has(entry.sha256)).map(({ entry }) => entry));
      due = accepted.filter(({ entry }) => missing.has(entry.sha256));
      if (due.length === 0) break;
      const { end, changed } = await this.send(ref, due, missing, signal);
      result.changed.push(...due.filter(({ entry }) => changed.has(entry.sha256)).map(({ entry }) => entry));
      due = due.filter(({ entry }) => !changed.has(entry.sha256));
      if (end === 'full') {
        dropped = due.map(({ entry: { path, size } }) => ({ path, size, reason: 'The disk of the server is full.' }));
        result.refused.push(...dropped);
        due = [];
      }
    } while (due.length + dropped.length > 0);
    return result;
  }

  /** Makes the server forget what it was told, before all is told again. Throws the signal's reason. */
  async beginAfresh(ref: AttemptRef, signal: AbortSignal): Promise<void> {
    await this.link.insist(signal, () =>
      this.link.putArtifacts({ ...ref, items: [], dropped: [], removed: [], afresh: true }),
    );
  }

  private async send(
    ref: AttemptRef,
    due: Source[],
    missing: ReadonlyMap<string, number>,
    signal: AbortSignal,
  ): Promise<Sent> {
    const sent: Sent = { end: 'done', changed: new Set() };
    const inFlight = new Set<Promise<void>>();
    const emit = async (pieces: Piece[], bytes: Buffer): Promise<void> => {
      await this.window.take(bytes.length);
      if (sent.end !== 'done') return this.window.release(bytes.length, 0);
      const message = this.transmit(ref, pieces, bytes, sent).finally(() => inFlight.delete(message));
      inFlight.add(message);
    };
    const bySha = new Map(due.map((source) => [source.entry.sha256, source]));
    const sources = [...bySha.values()];
    try {
      const small = sources.filter(({ entry }) => entry.size <= SMALL_BYTES);
      for (let first = 0; first < small.length && sent.end === 'done';) {
        signal.throwIfAborted();
        first += await this.sendTogether(small.slice(first), sent, emit);
      }
      for (const source of sources) {
        if (source.entry.size <= SMALL_BYTES || sent.end !== 'done') continue;
        await this.sendLarge(source, missing.get(source.entry.sha256) ?? 0, sent, emit, signal);
      }
    } finally {
      await Promise.all(inFlight);
    }
    return sent;
  }

  private async transmit(ref: AttemptRef, pieces: Piece[], bytes: Buffer, sent: Sent): Promise<void> {
    const began = performance.now();
    try {
      const reply = await this.link.artifactChunk({ ...ref, pieces }, bytes);
      this.window.release(bytes.length, performance.now() - began);
      if (reply.ok) for (const sha256 of reply.corrupt) sent.changed.add(sha256);
      // Superseded: putting the items again says so.
      else if (sent.end === 'done') sent.end = reply.code === 'full' ? 'full' : 'broken';
    } catch {
      this.window.release(bytes.length, null);
      if (sent.end === 'done') sent.end = 'broken';
    }
  }

  /** As many small contents as one message holds; answers how many. */
  private async sendTogether(
    sources: Source[],
    sent: Sent,
    emit: (pieces: Piece[], bytes: Buffer) => Promise<void>,
  ): Promise<number> {
    const room = Math.max(SMALL_BYTES, this.window.chunkBytes);
    const chosen: Source[] = [];
    for (let bytes = 0; chosen.length < sources.length && chosen.length < LIMITS.artifactBatch;) {
      const next = sources[chosen.length] as Source;
      bytes += next.entry.size;
      if (bytes > room && chosen.length > 0) break;
      chosen.push(next);
    }
    const contents = await Promise.all(chosen.map((source) => wholeOf(source)));
    const pieces: Piece[] = [];
    chosen.forEach(({ entry: { sha256, size } }, i) => {
      if (contents[i] === null) sent.changed.add(sha256);
      else pieces.push({ sha256, offset: 0, length: size, size });
    });
    if (pieces.length > 0) await emit(pieces, Buffer.concat(contents.filter((content) => content !== null)));
    return chosen.length;
  }

  private async sendLarge(
    { entry: { sha256, size }, open }: Source,
    from: number,
    sent: Sent,
    emit: (pieces: Piece[], bytes: Buffer) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    const handle = await open().catch(() => null);
    if (handle === null) return void sent.changed.add(sha256);
    try {
      const began = await handle.stat();
      for (let offset = from; offset < size && sent.end === 'done' && !sent.changed.has(sha256);) {
        signal.throwIfAborted();
        const bytes = Buffer.allocUnsafe(Math.min(this.window.chunkBytes, size - offset));
        const [{ bytesRead }, now] = await Promise.all([handle.read(bytes, 0, bytes.length, offset), handle.stat()]);
        if (bytesRead < bytes.length || now.mtimeMs !== began.mtimeMs || now.size !== size)
          return void sent.changed.add(sha256);
        await emit([{ sha256, offset, length: bytes.length, size }], bytes);
        offset += bytes.length;
      }
    } finally {
      await handle.close();
    }
  }
}

/** Null where it is no longer what was hashed. */
async function wholeOf({ entry, open }: Source): Promise<Buffer | null> {
  const handle = await open().catch(() => null);
  if (handle === null) return null;
  try {
    const bytes = await handle.readFile();
    return bytes.length === entry.size ? bytes : null;
  } finally {
    await handle.close();
  }
}
