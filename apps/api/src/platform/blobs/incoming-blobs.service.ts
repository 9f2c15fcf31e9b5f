import { createHash, type Hash } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { CONFIG, type Config } from '../config/config.js';
import { blobsFolder } from './blob-path.js';
import { BlobsService } from './blobs.service.js';

/** A piece of a blob that comes in order. */
interface IncomingPiece {
  sha256: string;
  offset: number;
  size: number;
  bytes: Buffer;
}

/** `gap`: the piece does not follow what is there. `corrupt`: all bytes came, and they are not those of the name. */
type PieceResult = 'taken' | 'stored' | 'gap' | 'corrupt';

interface Incoming {
  handle: FileHandle;
  hash: Hash;
  bytes: number;
}

/**
 * Blobs that machines send in pieces. What came of one stays on the disk, also over the death of this process, and is
 * gone on with; `by` names the sender, so that two of them never write one file.
 */
@Injectable()
export class IncomingBlobs implements OnModuleDestroy {
  private readonly folder: string;
  private readonly open = new Map<string, Incoming>();
  private readonly finishing = new Map<string, Promise<'stored' | 'corrupt'>>();

  constructor(
    @Inject(CONFIG) config: Pick<Config, 'dataDir'>,
    private readonly blobs: BlobsService,
  ) {
    this.folder = join(blobsFolder(config.dataDir), 'partial');
  }

  async onModuleDestroy(): Promise<void> {
    await Promise.all([...this.open.keys()].map((name) => this.close(name)));
  }

  /** How many of its `size` bytes are here already; all of them only when it is stored. */
  async received(by: string, sha256: string, size: number): Promise<number> {
    const name = fileName(by, sha256);
    const bytes =
      (await this.current(name))?.bytes ?? (await stat(join(this.folder, name)).catch(() => null))?.size ?? 0;
    if (bytes < size || size === 0) return bytes;
    // The last piece came, and this process died before the blob had its name: nobody would send a piece again.
    return (await this.finish(name, sha256)) === 'stored' ? size : 0;
  }

  /** Takes a piece; pieces of one blob must come one after the other. Durable when it says `stored`. */
  async take(by: string, { sha256, offset, size, bytes }: IncomingPiece): Promise<PieceResult> {
    if (offset === 0 && bytes.length === size) return this.takeWhole(sha256, bytes);
    const name = fileName(by, sha256);
    const incoming = await this.continued(name);
    if (offset !== incoming.bytes || offset + bytes.length > size) return 'gap';
    await incoming.handle.appendFile(bytes);
    incoming.hash.update(bytes);
    incoming.bytes += bytes.length;
    if (incoming.bytes < size) return 'taken';
    return this.finish(name, sha256);
  }

  /** Ends the work of a sender that is gone for now; what came stays on the disk. */
  async pause(by: string): Promise<void> {
    await Promise.all(
      [...this.open.keys()].filter((name) => name.startsWith(`${by}.`)).map((name) => this.close(name)),
    );
  }

  /** Removes what a sender left that will not come back. */
  async forget(by: string): Promise<void> {
    await this.pause(by);
    for (const name of await this.names())
      if (name.startsWith(`${by}.`)) await rm(join(this.folder, name), { force: true });
  }

  /** Removes what nobody went on with for `graceMs`. */
  async sweep(graceMs: number): Promise<void> {
    for (const name of await this.names()) {
      if (this.open.has(name)) continue;
      const path = join(this.folder, name);
      const there = await stat(path).catch(() => null);
      if (there && there.mtimeMs < Date.now() - graceMs) await rm(path, { force: true });
    }
  }

  /** Gives a blob its name when all of its bytes are on the disk and are those of the name; once, however many ask. */
  private finish(name: string, sha256: string): Promise<'stored' | 'corrupt'> {
    const known = this.finishing.get(name);
    if (known) return known;
    const work = this.complete(name, sha256).finally(() => this.finishing.delete(name));
    this.finishing.set(name, work);
    return work;
  }

  private async complete(name: string, sha256: string): Promise<'stored' | 'corrupt'> {
    const { handle, hash } = await this.continued(name);
    await handle.sync();
    await this.close(name);
    const path = join(this.folder, name);
    if (hash.digest('hex') !== sha256) {
      await rm(path, { force: true });
      return 'corrupt';
    }
    await this.blobs.adopt(path, sha256);
    return 'stored';
  }

  private async takeWhole(sha256: string, bytes: Buffer): Promise<PieceResult> {
    if (createHash('sha256').update(bytes).digest('hex') !== sha256) return 'corrupt';
    await this.blobs.putBytes(bytes);
    return 'stored';
  }

  private async continued(name: string): Promise<Incoming> {
    const known = await this.current(name);
    if (known) return known;
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    const handle = await open(join(this.folder, name), 'a+', 0o600);
    const hash = createHash('sha256');
    let bytes = 0;
    for await (const chunk of handle.createReadStream({
      start: 0,
      autoClose: false,
      highWaterMark: 256 * 1024,
    }) as AsyncIterable<Buffer>) {
      hash.update(chunk);
      bytes += chunk.length;
    }
    const incoming = { handle, hash, bytes };
    this.open.set(name, incoming);
    return incoming;
  }

  /** What is open here, unless another process went on with the file meanwhile. */
  private async current(name: string): Promise<Incoming | null> {
    const known = this.open.get(name);
    if (!known) return null;
    if ((await known.handle.stat()).size === known.bytes) return known;
    await this.close(name);
    return null;
  }

  private async close(name: string): Promise<void> {
    const incoming = this.open.get(name);
    this.open.delete(name);
    await incoming?.handle.close();
  }

  private async names(): Promise<string[]> {
    return readdir(this.folder).catch(() => []);
  }
}

const fileName = (by: string, sha256: string): string => `${by}.${sha256}`;
