import { hash, randomUUID } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readdirSync, readSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** A pack is the length of its list (4 bytes, big-endian), the list as JSON, and the blobs one after the other. */
const ListSchema = z.array(z.tuple([z.string(), z.int().nonnegative()]));
const LENGTH_BYTES = 4;
const PACK = /^[0-9a-f-]{36}\.pack$/;

interface Place {
  pack: string;
  offset: number;
  length: number;
}

export interface SmallBlob {
  sha256: string;
  bytes: Buffer;
}

/** A file of the cache, and the blobs that are in it. */
export interface StoredFile {
  path: string;
  hashes: string[];
}

/** Small blobs that came together, in one file: to make a file costs more than to write what is in it. */
export class BlobPacks {
  private readonly places = new Map<string, Place>();

  constructor(private readonly folder: string) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    for (const name of readdirSync(folder)) {
      if (!PACK.test(name) || !this.open(name)) rmSync(join(folder, name), { force: true });
    }
  }

  has(sha256: string): boolean {
    return this.places.has(sha256);
  }

  /** Null: it is not here, or a power cut took its bytes, and it is to be fetched again. */
  read(sha256: string): Buffer | null {
    const place = this.places.get(sha256);
    if (place === undefined) return null;
    const bytes = readAt(join(this.folder, place.pack), place.offset, place.length);
    if (bytes !== null && hash('sha256', bytes) === sha256) return bytes;
    this.places.delete(sha256);
    return null;
  }

  /** The file that a blob is in; null: in none. */
  fileOf(sha256: string): string | null {
    const place = this.places.get(sha256);
    return place === undefined ? null : join(this.folder, place.pack);
  }

  /** Also those whose blobs have all come once more since. */
  stored(): StoredFile[] {
    const packs = new Map(readdirSync(this.folder).map((name): [string, string[]] => [name, []]));
    for (const [sha256, { pack }] of this.places) packs.get(pack)?.push(sha256);
    return [...packs].map(([name, hashes]) => ({ path: join(this.folder, name), hashes }));
  }

  /** The file was removed. */
  forget({ path, hashes }: StoredFile): void {
    for (const sha256 of hashes) if (this.fileOf(sha256) === path) this.places.delete(sha256);
  }

  add(blobs: SmallBlob[]): void {
    const list = Buffer.from(JSON.stringify(blobs.map(({ sha256, bytes }) => [sha256, bytes.length])));
    const length = Buffer.alloc(LENGTH_BYTES);
    length.writeUInt32BE(list.length);
    const pack = `${randomUUID()}.pack`;
    const temporary = join(this.folder, `${pack}.tmp`);
    writeFileSync(temporary, Buffer.concat([length, list, ...blobs.map(({ bytes }) => bytes)]), { mode: 0o600 });
    renameSync(temporary, join(this.folder, pack));
    this.note(
      pack,
      LENGTH_BYTES + list.length,
      blobs.map(({ sha256, bytes }) => [sha256, bytes.length]),
    );
  }

  private open(pack: string): boolean {
    const path = join(this.folder, pack);
    const length = readAt(path, 0, LENGTH_BYTES)?.readUInt32BE();
    const text = length === undefined ? null : readAt(path, LENGTH_BYTES, length);
    try {
      if (length === undefined || text === null) return false;
      this.note(pack, LENGTH_BYTES + length, ListSchema.parse(JSON.parse(text.toString('utf8'))));
      return true;
    } catch {
      return false;
    }
  }

  private note(pack: string, start: number, list: z.infer<typeof ListSchema>): void {
    let offset = start;
    for (const [sha256, length] of list) {
      this.places.set(sha256, { pack, offset, length });
      offset += length;
    }
  }
}

/** Null where the file does not have so many bytes. */
function readAt(path: string, offset: number, length: number): Buffer | null {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    return null;
  }
  try {
    const bytes = Buffer.allocUnsafe(length);
    return readSync(file, bytes, 0, length, offset) === length ? bytes : null;
  } finally {
    closeSync(file);
  }
}
