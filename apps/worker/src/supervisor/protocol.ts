import { OutputStreamSchema } from '@mle/protocol';
import { z } from 'zod';
import { ProcessRecordSchema } from '../journal/records.js';

/** Raised when a worker and a supervisor of different versions could misunderstand each other. */
export const SUPERVISOR_VERSION = 2;

const Key = z.string().max(64);
const Attempt = { key: Key, folder: z.string(), quotaBytes: z.int().nonnegative() };

/** Of the list of users that the program sees. */
const ListedUserSchema = z.object({ name: z.string(), home: z.string() });
export type ListedUser = z.infer<typeof ListedUserSchema>;

const SpawnSchema = z.object({
  op: z.literal('spawn'),
  ...Attempt,
  /** The first line, on the `system` stream. */
  headline: z.string(),
  argv: z.array(z.string()).min(1),
  cwd: z.string(),
  env: z.record(z.string(), z.string()),
  uid: z.int().nullable(),
  gid: z.int().nullable(),
  /** Null: its user is in the system's list, or need not be. */
  user: ListedUserSchema.nullable().default(null),
  timeoutSeconds: z.int().nullable(),
  /** Of that time, by the set-up. */
  spentMs: z.number().nonnegative().default(0),
  /** Between SIGINT and SIGKILL of a stop; null: as the worker is set. */
  stopGraceMs: z.int().nonnegative().nullable().default(null),
  /** To run after its end, for what outlives it: a container. */
  cleanup: z.array(z.string()).min(1).nullable(),
});
export type SpawnRequest = z.infer<typeof SpawnSchema>;

/** One program of the set-up, before the start: its output goes to the `system` stream, and its end is told as news. */
const SetupSchema = z.object({
  op: z.literal('setup'),
  key: Key,
  argv: z.array(z.string()).min(1),
  cwd: z.string(),
  env: z.record(z.string(), z.string()),
  uid: z.int().nullable(),
  gid: z.int().nullable(),
  user: ListedUserSchema.nullable().default(null),
  timeoutSeconds: z.int(),
});
export type SetupRequest = z.infer<typeof SetupSchema>;

const RequestSchema = z.discriminatedUnion('op', [
  z.object({ op: z.literal('hello') }),
  /** Takes up an attempt: makes or continues its spool. */
  z.object({ op: z.literal('open'), ...Attempt }),
  /** Appends text of our own. */
  z.object({ op: z.literal('note'), key: Key, stream: OutputStreamSchema, text: z.string() }),
  SetupSchema,
  SpawnSchema,
  /** Ends an attempt that has no process: it never got one, or the supervisor before us took it along. */
  z.object({
    op: z.literal('finish'),
    key: Key,
    outcome: z.enum(['stopped', 'spawn_failed', 'prepare_failed', 'timed_out', 'supervisor_lost']),
    reason: z.string().nullable(),
  }),
  z.object({ op: z.literal('stop'), key: Key, outcome: z.enum(['exited', 'stopped']), reason: z.string() }),
  z.object({ op: z.literal('kill'), key: Key }),
  /** The attempt's folder is about to go. */
  z.object({ op: z.literal('forget'), key: Key }),
  z.object({ op: z.literal('list') }),
  /** Kills what runs and ends. */
  z.object({ op: z.literal('shutdown') }),
]);
export type Request = z.infer<typeof RequestSchema>;
export const EnvelopeSchema = z.object({ id: z.int(), request: RequestSchema });

export const HelloReplySchema = z.object({ version: z.int(), pid: z.int() });
export const OpenReplySchema = z.object({
  bytes: z.int(),
  state: z.enum(['open', 'running', 'ended']),
  process: ProcessRecordSchema.nullable(),
});
/** `again`: the attempt has started before, and a second start is refused. */
export const SpawnReplySchema = z.discriminatedUnion('result', [
  z.object({ result: z.literal('started'), process: ProcessRecordSchema }),
  z.object({ result: z.literal('failed') }),
  z.object({ result: z.literal('again') }),
]);
export type SpawnReply = z.infer<typeof SpawnReplySchema>;
/** `over`: the attempt was stopped or has started. */
export const SetupReplySchema = z.discriminatedUnion('result', [
  z.object({ result: z.literal('started') }),
  z.object({ result: z.literal('failed'), message: z.string() }),
  z.object({ result: z.literal('over') }),
]);
export type SetupReply = z.infer<typeof SetupReplySchema>;
const SetupEndSchema = z.object({
  exitCode: z.int().nullable(),
  signal: z.string().nullable(),
  timedOut: z.boolean(),
  /** The last of what it printed. */
  tail: z.string(),
});
export type SetupEnd = z.infer<typeof SetupEndSchema>;
export const ListReplySchema = z.array(z.object({ key: Key, state: z.enum(['open', 'running', 'ended']) }));

/** Supervisor to worker: an answer, or news. */
export const MessageSchema = z.union([
  z.object({ id: z.int(), ok: z.literal(true), value: z.unknown() }),
  z.object({ id: z.int(), ok: z.literal(false), error: z.string() }),
  z.object({ event: z.literal('output'), key: Key, bytes: z.int() }),
  z.object({ event: z.literal('ended'), key: Key }),
  SetupEndSchema.extend({ event: z.literal('setup'), key: Key }),
]);
export type Message = z.infer<typeof MessageSchema>;
