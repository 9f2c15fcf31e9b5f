import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { AttemptRef } from '@mle/protocol';
import type { z } from 'zod';
import { attemptKey, parseAttemptKey } from './attempt-key.js';
import { writeAtomicSync } from './atomic-file.js';
import { ExitRecordSchema, FILES, JournalSpecSchema, ProcessRecordSchema } from './records.js';
import type { ExitRecord, JournalSpec, ProcessRecord } from './records.js';

export interface JournalEntry {
  ref: AttemptRef;
  folder: string;
  /** Null where the worker died between asking for the attempt and having its answer. */
  journal: JournalSpec | null;
  started: boolean;
  process: ProcessRecord | null;
  exit: ExitRecord | null;
}

/** One folder per attempt that the worker answers for; it outlives the worker. */
export class Journal {
  readonly root: string;

  constructor(dataDir: string) {
    this.root = join(dataDir, 'attempts');
  }

  folder(ref: AttemptRef): string {
    return join(this.root, attemptKey(ref));
  }

  /** Notes that the attempt is about to be claimed. False: the journal has it already. */
  async intend(ref: AttemptRef): Promise<boolean> {
    try {
      await mkdir(this.folder(ref), { mode: 0o700 });
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw error;
    }
  }

  async write(ref: AttemptRef, record: JournalSpec): Promise<void> {
    writeAtomicSync(join(this.folder(ref), FILES.spec), JSON.stringify(record));
  }

  async remove(ref: AttemptRef): Promise<void> {
    await rm(this.folder(ref), { recursive: true, force: true });
  }

  async load(): Promise<JournalEntry[]> {
    await mkdir(this.root, { recursive: true, mode: 0o700 });
    const entries: JournalEntry[] = [];
    for (const name of await readdir(this.root)) {
      const ref = parseAttemptKey(name);
      if (ref !== null) entries.push(await this.entry(ref));
    }
    return entries;
  }

  async entry(ref: AttemptRef): Promise<JournalEntry> {
    const folder = this.folder(ref);
    return {
      ref,
      folder,
      journal: await readRecord(join(folder, FILES.spec), JournalSpecSchema),
      started: existsSync(join(folder, FILES.started)),
      process: await readRecord(join(folder, FILES.process), ProcessRecordSchema),
      exit: await readRecord(join(folder, FILES.exit), ExitRecordSchema),
    };
  }
}

/** The record, or null where the file is missing or was torn by a power cut. */
export async function readRecord<T>(path: string, schema: z.ZodType<T>): Promise<T | null> {
  try {
    const parsed = schema.safeParse(JSON.parse(await readFile(path, 'utf8')));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
