import { OUTCOMES, RunSpecSchema } from '@mle/protocol';
import { z } from 'zod';

/** `spec.json`: what the worker has promised to run. */
export const JournalSpecSchema = z.object({ spec: RunSpecSchema, slot: z.int().nonnegative() });
export type JournalSpec = z.infer<typeof JournalSpecSchema>;

/** `setup.json`: when the set-up of a run with a time limit began. */
export const SetupRecordSchema = z.object({ begunAt: z.number() });

/** `process.json`: who the main process is; the start time and the boot tell a reused pid from it. */
export const ProcessRecordSchema = z.object({
  pid: z.int(),
  startTime: z.string().nullable(),
  bootId: z.string().nullable(),
  startedAt: z.number(),
});
export type ProcessRecord = z.infer<typeof ProcessRecordSchema>;

/** `exit.json`: how it ended. `bytes` is the length of the whole output. */
export const ExitRecordSchema = z.object({
  outcome: z.enum(OUTCOMES),
  exitCode: z.int().nullable(),
  signal: z.string().nullable(),
  reason: z.string().nullable(),
  finishedAt: z.number(),
  bytes: z.int().nonnegative(),
});
export type ExitRecord = z.infer<typeof ExitRecordSchema>;

/** The files of an attempt's folder. */
export const FILES = {
  spec: 'spec.json',
  setup: 'setup.json',
  /** Made once, exclusively, before the spawn: where it exists, the attempt has started. */
  started: 'started',
  process: 'process.json',
  exit: 'exit.json',
  /** The folder of the Python environment that it uses. */
  environment: 'environment',
  /** The variables of a run in a container. */
  containerEnv: 'container.env',
  spool: 'spool',
  /** A folder: what event files of the run held. */
  pictures: 'pictures',
} as const;
