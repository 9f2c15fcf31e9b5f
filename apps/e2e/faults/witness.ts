import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface Digest {
  bytes: number;
  sha256: string;
}

/** What the programs of the runs say themselves of what they did. */
export class Witness {
  /** `folder` is where `job.py` writes. */
  constructor(private readonly folder: string) {}

  /** How often each attempt began, and which ended by themselves. */
  async ledger(): Promise<{ starts: Map<string, number>; ends: Set<string> }> {
    const starts = new Map<string, number>();
    const ends = new Set<string>();
    for (const line of (await readFile(join(this.folder, 'ledger'), 'utf8')).split('\n')) {
      const [event, name = ''] = line.split(' ');
      if (event === 'start') starts.set(name, (starts.get(name) ?? 0) + 1);
      if (event === 'end') ends.add(name);
    }
    return { starts, ends };
  }

  async pidOf(attempt: string): Promise<number> {
    const ledger = await readFile(join(this.folder, 'ledger'), 'utf8');
    const pid = new RegExp(`^start ${attempt} (\\d+)$`, 'm').exec(ledger)?.[1];
    if (pid === undefined) throw new Error(`the attempt ${attempt} has not begun`);
    return Number(pid);
  }

  /**
   * All that the attempt printed, or `bytes` of it: of a flood its noted ends, of lines the first; null for so much of a
   * flood as it did not note.
   */
  async printed(attempt: string, bytes?: number): Promise<Digest | null> {
    const sum = join(this.folder, `sum-${attempt}`);
    if (existsSync(sum)) {
      const { ends, ...all } = JSON.parse(await readFile(sum, 'utf8')) as Digest & { ends: Digest };
      if (bytes === undefined) return all;
      return ends.bytes === bytes ? ends : null;
    }
    const copy = join(this.folder, `copy-${attempt}`);
    if (bytes === 0) return digest([]);
    return existsSync(copy) ? digest(createReadStream(copy, bytes === undefined ? {} : { end: bytes - 1 })) : null;
  }
}

export async function digest(pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<Digest> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const piece of pieces) {
    hash.update(piece);
    bytes += piece.length;
  }
  return { bytes, sha256: hash.digest('hex') };
}
