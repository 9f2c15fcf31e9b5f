import { z } from 'zod';
import type {
  ArtifactChunk,
  ArtifactChunkReply,
  ArtifactPut,
  ArtifactPutReply,
  AttemptLeftovers,
  LeftoverReply,
  LeftoverRequest,
} from './artifacts.js';
import { SentenceSchema, WordSchema } from './bounded.js';
import { IdSchema, Sha256Schema, TimeSchema } from './ids.js';
import { KnobSetSchema } from './knobs.js';
import { LIMITS } from './limits.js';
import { type Inventory, InventorySchema, LoadSchema } from './machines.js';
import { ResourceSampleSchema } from './metrics.js';
import { type OutputFrameSchema } from './output.js';
import { ParamsSchema } from './params.js';
import { DEFAULT_PROJECT_SETTINGS, ProjectSettingsSchema } from './project-settings.js';
import { PropertiesSchema } from './properties.js';
import { EnvSchema, MOST_ARGS } from './runs.js';

/**
 * Raised when the worker and the server could misunderstand each other. What an older worker needs to take the server's
 * stays as it is: the refusal of the handshake, and `/worker/worker.mjs` and `/worker/install.sh` by plain GET.
 */
export const LINK_VERSION = 3;
/** Where the link's WebSocket is, apart from that of browsers, which have limits of their own. */
export const LINK_PATH = '/worker/link/';
export const LINK_NAMESPACE = '/worker';
export const QUEUE_PATH = '/worker/queue';

const AttemptRefSchema = z.object({ runId: IdSchema, attempt: z.int().positive() });
export type AttemptRef = z.infer<typeof AttemptRefSchema>;

const SecretSchema = z.string().max(LIMITS.secretChars);

/** socket.io handshake `auth` of a worker: a credential, or a join token the first time. */
export const LinkAuthSchema = z.object({
  linkVersion: z.int(),
  credential: SecretSchema.optional(),
  joinToken: SecretSchema.optional(),
});
export type LinkAuth = z.infer<typeof LinkAuthSchema>;

/**
 * `data` of a refused handshake; its message is a sentence for the machine's owner. `unavailable` says nothing about
 * the secret.
 */
export const LinkRefusalSchema = z.object({ code: z.enum(['link_version', 'unknown', 'unavailable']) });
export type LinkRefusal = z.infer<typeof LinkRefusalSchema>;

/** The first message on each connection. `attempts` is the worker's journal: all that it still answers for. */
export const HelloSchema = z.object({
  version: z.string().max(40),
  /** Wanted on the first join only; later the server's name counts. */
  name: z.string().max(80).optional(),
  inventory: InventorySchema,
  properties: PropertiesSchema,
  attempts: z.array(AttemptRefSchema).max(LIMITS.attemptsOfMachine),
});
export type Hello = z.infer<typeof HelloSchema>;

const MachineSettingsSchema = z.object({
  name: WordSchema,
  slots: z.int(),
  draining: z.boolean(),
  /** When an instance whose time was changed switches itself off. */
  endsAt: TimeSchema.optional(),
});
export type MachineSettings = z.infer<typeof MachineSettingsSchema>;

export const HelloReplySchema = z.object({
  machineId: IdSchema,
  /** Given once, after a join: the worker keeps it in a file of mode 0600. */
  credential: SecretSchema.optional(),
  settings: MachineSettingsSchema,
  /** Of the server: a worker of another version says how to update. */
  serverVersion: WordSchema.optional(),
  /** What becomes of each journaled attempt: go on from `storedBytes`, or kill it and forget. */
  attempts: z
    .array(
      AttemptRefSchema.extend({
        verdict: z.enum(['continue', 'discard']),
        storedBytes: z.int(),
        /** A stop was asked for while the worker was away. */
        stop: SentenceSchema.nullable(),
      }),
    )
    .max(LIMITS.attemptsOfMachine),
});
export type HelloReply = z.infer<typeof HelloReplySchema>;
export type HelloAnswer = { ok: true; reply: HelloReply } | { ok: false; message: string };

export const HeartbeatSchema = z.object({
  attempts: z.array(AttemptRefSchema).max(LIMITS.attemptsOfMachine),
  load: LoadSchema.nullable(),
});
export type Heartbeat = z.infer<typeof HeartbeatSchema>;

/** All that a worker needs to know to execute one attempt. */
export const RunSpecSchema = AttemptRefSchema.extend({
  number: z.int(),
  /** Whose run it is: what is prepared for one owner is not used for another. A journal of before has none. */
  ownerId: IdSchema.nullable().default(null),
  projectId: IdSchema,
  projectName: WordSchema,
  snapshotId: Sha256Schema,
  snapshotBytes: z.int(),
  file: z.string().max(LIMITS.pathBytes).nullable(),
  command: z.string().max(LIMITS.commandChars).nullable(),
  /** The options that parameters became, and the arguments of the run. */
  args: z.array(z.string().max(LIMITS.commandChars)).max(MOST_ARGS + 2 * LIMITS.runEntries),
  params: ParamsSchema,
  /** What this run has in the place of what its file says. A journal of before has none. */
  set: z.array(KnobSetSchema).max(LIMITS.knobs).default([]),
  settings: ProjectSettingsSchema.default(DEFAULT_PROJECT_SETTINGS),
  env: EnvSchema,
  /**
   * Indexes, in the inventory, of the GPUs that the run has for itself; none: it may use whatever is there. A journal
   * of before has none.
   */
  gpus: z.array(z.int().nonnegative()).max(LIMITS.gpusOfMachine).default([]),
  seed: z.int(),
  /** From the start of the program. */
  timeoutSeconds: z.int().nullable(),
  clean: z.boolean(),
  /** Between Ctrl-C and SIGKILL at a stop; null: as the worker is set. A journal of before has none. */
  stopGraceMs: z.int().nonnegative().nullable().default(null),
  outputQuotaBytes: z.int(),
  correlationId: WordSchema.nullable(),
});
export type RunSpec = z.infer<typeof RunSpecSchema>;

export const ClaimSchema = AttemptRefSchema;
/** `gone`: complete the delivery and forget it. */
export type ClaimReply = { ok: true; spec: RunSpec } | { ok: false; code: 'gone'; message: string };

export const AttemptRunningSchema = AttemptRefSchema.extend({ pid: z.int(), startedAt: z.number() });
export type AttemptRunning = z.infer<typeof AttemptRunningSchema>;

export const AttemptProgressSchema = AttemptRefSchema.extend({
  phase: z.enum(['syncing', 'setup']),
  filesDone: z.int(),
  filesTotal: z.int(),
  bytesDone: z.number(),
  bytesTotal: z.number(),
});
export type AttemptProgress = z.infer<typeof AttemptProgressSchema>;

/** Of a moment: what the machine uses, and of it each run whose program is alive. */
export const ResourceUsageSchema = z.object({
  machine: ResourceSampleSchema,
  runs: z.array(AttemptRefSchema.extend({ sample: ResourceSampleSchema })).max(LIMITS.attemptsOfMachine),
});
export type ResourceUsage = z.infer<typeof ResourceUsageSchema>;

/** `stopped`: the worker stopped it by itself, and `reason` says why (the machine shuts down). */
export const OUTCOMES = [
  'exited',
  'stopped',
  'spawn_failed',
  'prepare_failed',
  'timed_out',
  'supervisor_lost',
] as const;
/** The end of an attempt, sent after its last byte was acknowledged. */
export const AttemptFinishedSchema = AttemptRefSchema.extend({
  /** What ended it; whether an exit is a success, a failure or a stop is the server's decision. */
  outcome: z.enum(OUTCOMES),
  exitCode: z.int().nullable(),
  signal: WordSchema.nullable(),
  /** For a person, where the exit code does not say it all. */
  reason: SentenceSchema.nullable(),
  finishedAt: z.number(),
  outputBytes: z.int(),
  outputSha256: Sha256Schema,
  /** What the worker had stored of MLE_OUTPUT_DIR. */
  artifacts: z.object({ files: z.int().nonnegative(), bytes: z.int().nonnegative() }).optional(),
});
export type AttemptFinished = z.infer<typeof AttemptFinishedSchema>;

/**
 * `superseded`: the attempt is over or a later one has begun; kill the copy and forget it. `artifacts`: not all are
 * stored, put them all again.
 */
export type AttemptReply =
  { ok: true } | { ok: false; code: 'superseded' | 'artifacts' } | { ok: false; code: 'gap'; expected: number };
export type OutputReply =
  { ok: true; storedBytes: number } | { ok: false; code: 'superseded' } | { ok: false; code: 'gap'; expected: number };

/** Asks for blobs of the attempt's snapshot (or the manifest itself) in one stream; `from` resumes. */
export const BlobFetchSchema = AttemptRefSchema.extend({
  streamId: z.string().max(64),
  items: z.array(z.object({ sha256: Sha256Schema, from: z.int().nonnegative() })).max(LIMITS.blobsPerFetch),
});
export type BlobFetch = z.infer<typeof BlobFetchSchema>;
/**
 * Pieces of blobs whose bytes follow one another in the attachment: one of a large blob, or many small blobs at once.
 */
export interface BlobChunk {
  streamId: string;
  /** `size` is that of the whole blob; the piece that reaches it is its last, also when both are zero. */
  pieces: { sha256: string; offset: number; length: number; size: number }[];
}
/** `again`: the server could not look now, as while its database is away. */
export type BlobFetchReply = { ok: true } | { ok: false; message: string; again?: boolean };

export interface StopRequest extends AttemptRef {
  reason: string;
}

type Ack<T> = (reply: T) => void;

/** Worker to server. Every message is acknowledged after its effect is durable. */
export interface WorkerToServer {
  hello: (hello: Hello, ack: Ack<HelloAnswer>) => void;
  heartbeat: (heartbeat: Heartbeat, ack: Ack<{ ok: true }>) => void;
  claim: (ref: AttemptRef, ack: Ack<ClaimReply>) => void;
  'attempt.running': (running: AttemptRunning, ack: Ack<AttemptReply>) => void;
  'attempt.progress': (progress: AttemptProgress) => void;
  /** Not acknowledged: the next one comes soon. */
  resources: (usage: ResourceUsage) => void;
  /** It changed since the hello. Not acknowledged: the next look or hello brings it again. */
  inventory: (inventory: Inventory) => void;
  'attempt.finished': (finished: AttemptFinished, ack: Ack<AttemptReply>) => void;
  output: (frame: z.infer<typeof OutputFrameSchema>, bytes: Uint8Array, ack: Ack<OutputReply>) => void;
  'artifacts.put': (put: ArtifactPut, ack: Ack<ArtifactPutReply>) => void;
  'artifacts.chunk': (chunk: ArtifactChunk, bytes: Uint8Array, ack: Ack<ArtifactChunkReply>) => void;
  /** After the end of the program and before that of the attempt, while the workspace is still the run's. */
  'attempt.leftovers': (leftovers: AttemptLeftovers, ack: Ack<AttemptReply>) => void;
  'blobs.fetch': (fetch: BlobFetch, ack: Ack<BlobFetchReply>) => void;
  goodbye: (ack: Ack<{ ok: true }>) => void;
}

/** Server to worker. */
export interface ServerToWorker {
  stop: (request: StopRequest, ack: Ack<{ ok: true }>) => void;
  /** Kill the copy of a superseded attempt and forget it. */
  discard: (ref: AttemptRef, ack: Ack<{ ok: true }>) => void;
  settings: (settings: MachineSettings) => void;
  leftovers: (request: LeftoverRequest, ack: Ack<LeftoverReply>) => void;
  'blob.chunk': (chunk: BlobChunk, bytes: Uint8Array, ack: Ack<{ ok: boolean }>) => void;
  /** The stream ends after its last chunk, or early with a message. */
  'blob.end': (end: { streamId: string; error: string | null }) => void;
}
