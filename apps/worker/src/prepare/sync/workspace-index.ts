import type { Stats } from 'node:fs';
import { lstatSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { ManifestEntry } from '@mle/protocol';
import { ManifestEntrySchema } from '@mle/protocol';
import { z } from 'zod';
import { writeAtomic } from '../../base/atomic-file.js';

/**
 * What a file looked like right after it was placed. `ctime` changes with any write, also one that sets `mtime` back.
 */
const TraceSchema = z.object({ size: z.number(), mtime: z.number(), ctime: z.number(), inode: z.number() });
type Trace = z.infer<typeof TraceSchema>;
const PlacedSchema = ManifestEntrySchema.extend({ trace: TraceSchema });
const IndexSchema = z.object({ version: z.literal(1), files: z.array(PlacedSchema) });

/** What the last sync placed in a workspace; kept beside it, where a run cannot write. */
export class WorkspaceIndex {
  private constructor(
    private readonly path: string,
    private readonly placed: Map<string, z.infer<typeof PlacedSchema>>,
  ) {}

  static async load(path: string): Promise<WorkspaceIndex> {
    const text = await readFile(path, 'utf8').catch(() => null);
    let files: z.infer<typeof PlacedSchema>[] = [];
    try {
      files = text === null ? [] : IndexSchema.parse(JSON.parse(text)).files;
    } catch {
      // Unreadable: everything is placed again.
    }
    return new WorkspaceIndex(path, new Map(files.map((file) => [file.path, file])));
  }

  paths(): string[] {
    return [...this.placed.keys()];
  }

  /** Whether the file at `absolute` is still what the last sync placed there, and is what the manifest wants. */
  isCurrent(entry: ManifestEntry, absolute: string): boolean {
    const placed = this.placed.get(entry.path);
    if (placed === undefined || placed.sha256 !== entry.sha256 || placed.mode !== entry.mode) return false;
    const stat = statOf(absolute);
    if (stat === null) return false;
    const now = trace(stat);
    const then = placed.trace;
    return now.size === then.size && now.mtime === then.mtime && now.ctime === then.ctime && now.inode === then.inode;
  }

  /** `stat`: of the file as it was placed. */
  note(entry: ManifestEntry, stat: Stats): void {
    this.placed.set(entry.path, { ...entry, trace: trace(stat) });
  }

  forget(path: string): void {
    this.placed.delete(path);
  }

  async save(): Promise<void> {
    await writeAtomic(this.path, JSON.stringify({ version: 1, files: [...this.placed.values()] }));
  }
}

function trace(stat: Stats): Trace {
  return { size: stat.size, mtime: stat.mtimeMs, ctime: stat.ctimeMs, inode: stat.ino };
}

/** Null where there is nothing, or a file stands where a folder was. */
function statOf(absolute: string): Stats | null {
  try {
    return lstatSync(absolute, { throwIfNoEntry: false }) ?? null;
  } catch {
    return null;
  }
}
