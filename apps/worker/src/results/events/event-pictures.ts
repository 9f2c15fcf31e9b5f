import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

const MOST_PICTURES = 1_000;
const MOST_BYTES = 256 * 1024 * 1024;
const KINDS: readonly [ending: string, magic: readonly number[]][] = [
  ['png', [0x89, 0x50, 0x4e, 0x47]],
  ['jpg', [0xff, 0xd8, 0xff]],
  ['gif', [0x47, 0x49, 0x46, 0x38]],
];

const NAMELESS = new Set(['ENAMETOOLONG', 'ENOTDIR', 'EEXIST', 'EISDIR']);

/** Keeps the pictures of event files in a folder of the worker's own, by tag and step. */
export class EventPictures {
  private count = 0;
  private bytes = 0;

  constructor(private readonly folder: string) {}

  /** False where there are too many. What is no picture, or has a name that no file beside the others has, is passed by. */
  async keep(name: string, step: number, bytes: Uint8Array): Promise<boolean> {
    const kind = KINDS.find(([, magic]) => magic.every((byte, i) => bytes[i] === byte));
    if (kind === undefined) return true;
    if (this.count >= MOST_PICTURES || this.bytes + bytes.length > MOST_BYTES) return false;
    this.count++;
    this.bytes += bytes.length;
    const path = join(this.folder, `${safePath(name)}-${step}.${kind[0]}`);
    try {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, bytes);
    } catch (error) {
      if (!NAMELESS.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
    }
    return true;
  }
}

/** A tag is the program's own text: only letters, digits and a few signs of it become a path. */
function safePath(name: string): string {
  const parts = name.split('/').map((part) => part.replace(/[^\p{L}\p{N}_.-]/gu, '_').replace(/^\.+/, '_'));
  return parts.filter((part) => part !== '').join('/') || 'picture';
}
