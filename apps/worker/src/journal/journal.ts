import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { mkdir, readdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { AttemptRef } from '@mle/protocol';
import type { z } from 'zod';
import { writeAtomicSync } from '../base/atomic-file.js';
import { attemptKey, parseAttemptKey } from './attempt-key.js';
import type { ExitRecord, JournalSpec, ProcessRecord } from './records.js';
import { ExitRecordSchema, FILES, JournalSpecSchema, ProcessRecordSchema } from './records.js';

export interface JournalEntry {
  ref: AttemptRef;
  folder: string;
  /** Null where the worker died between asking for the attempt and having its answer. */
  journal: JournalSpec | null;
  started: boolean;
  process: ProcessRecord | null;
  exit: ExitRecord | null;
}

/**
 * One folder per attempt that the worker answers for; it outlives the worker. Its small files are read and written at
 * once: the asynchronous form of such a call costs ten times as much.
 */
export class Journal {
  readonly root: string;

  constructor(dataDir: string) {
    this.root = join(dataDir, 'attempts');
  }

  folder(ref: AttemptRef): string {
    return join(this.root, attemptKey(ref));
  }

  /** Notes that the attempt is about to be claimed. False: the journal has it already. */
  intend(ref: AttemptRef): boolean {
    try {
      mkdirSync(this.folder(ref), { mode: 0o700 });
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw error;
    }
  }

  write(ref: AttemptRef, record: JournalSpec): void {
    writeAtomicSync(join(this.folder(ref), FILES.spec), JSON.stringify(record));
  }

  async remove(ref: AttemptRef): Promise<void> {
    const folder = this.folder(ref);
    // All but this one are small.
    await unlink(join(folder, FILES.spool)).catch(() => undefined);
    rmSync(folder, { recursive: true, force: true });
  }

  async load(): Promise<JournalEntry[]> {
    await mkdir(this.root, { recursive: true, mode: 0o700 });
    const entries: JournalEntry[] = [];
    for (const name of await readdir(this.root)) {
      const ref = parseAttemptKey(name);
      if (ref !== null) entries.push(this.entry(ref));
    }
    return entries;
  }

  entry(ref: AttemptRef): JournalEntry {
    const folder = this.folder(ref);
    return {
      ref,
      folder,
      journal: readRecord(join(folder, FILES.spec), JournalSpecSchema),
      started: existsSync(join(folder, FILES.started)),
      process: readRecord(join(folder, FILES.process), ProcessRecordSchema),
      exit: readRecord(join(folder, FILES.exit), ExitRecordSchema),
    };
  }
}

/** The record, or null where the file is missing or was torn by a power cut. */
export function readRecord<T>(path: string, schema: z.ZodType<T>): T | null {
  try {
    const parsed = schema.safeParse(JSON.parse(readFileSync(path, 'utf8')));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
