import { z } from 'zod';
import { SentenceSchema, WordSchema } from './bounded.js';
import { IdSchema, NameSchema, TimeSchema } from './ids.js';
import { LIMITS } from './limits.js';
import { PropertiesSchema } from './properties.js';

export const MOST_LABELS = 20;
const MOST_POOLS = 1_000;

export const MACHINE_STATES = ['online', 'offline', 'draining'] as const;
const MachineStateSchema = z.enum(MACHINE_STATES);
const MachineProviderSchema = z.enum(['local', 'joined', 'aws']);
export type MachineProvider = z.infer<typeof MachineProviderSchema>;

const GpuSchema = z.object({ name: WordSchema, memoryBytes: z.number() });
/** What a worker finds on its machine, at each connection and from time to time. */
export const InventorySchema = z.object({
  hostname: WordSchema,
  platform: WordSchema,
  arch: WordSchema,
  cpuModel: WordSchema,
  cpus: z.int(),
  memoryBytes: z.number(),
  diskFreeBytes: z.number().nullable(),
  gpus: z.array(GpuSchema).max(LIMITS.gpusOfMachine),
  node: WordSchema,
  python: WordSchema.nullable(),
  docker: WordSchema.nullable(),
  /** Runs get a uid of their own. */
  isolated: z.boolean(),
});
export type Inventory = z.infer<typeof InventorySchema>;

const WRONG_LABEL = 'Use letters, digits and . _ / - in a label, at most 40.';
export const LabelSchema = z
  .string()
  .max(40, { error: WRONG_LABEL, abort: true })
  .regex(/^[A-Za-z0-9._/-]{1,40}$/, WRONG_LABEL);

export const LoadSchema = z.object({ cpu: z.number(), memory: z.number(), gpu: z.number().nullable() });
/** Fractions from 0 to 1, sampled with the heartbeat. */
export type Load = z.infer<typeof LoadSchema>;

export const MachineViewSchema = z.object({
  id: IdSchema,
  name: WordSchema,
  state: MachineStateSchema,
  /** Whether it takes no new runs; unlike `state` it says so of a machine that is offline too. */
  draining: z.boolean(),
  /** Whether it runs what members start, and not only what administrators do. */
  takesMembers: z.boolean(),
  slots: z.int(),
  running: z.array(IdSchema).max(LIMITS.attemptsOfMachine),
  labels: z.array(WordSchema).max(MOST_LABELS),
  poolIds: z.array(IdSchema).max(MOST_POOLS),
  provider: MachineProviderSchema,
  inventory: InventorySchema.nullable(),
  version: WordSchema.nullable(),
  /** The worker is of another version than the server: what that means and how to update it, as a sentence. */
  outdated: SentenceSchema.nullable(),
  properties: PropertiesSchema,
  /** Who began the connection: the worker, or this server (`POST machines/connect`). */
  connection: z.enum(['dialled-in', 'dialled-out']),
  /** Where the server dials it. */
  url: z.string().max(300).nullable(),
  /** Why a machine that the server dials cannot be reached now. */
  connectionError: SentenceSchema.nullable(),
  load: LoadSchema.nullable(),
  /** After this much silence its runs are lost; null: as the server is set. */
  lostAfterSeconds: z.int().nullable(),
  lastSeenAt: TimeSchema.nullable(),
  createdAt: TimeSchema,
});
export type MachineView = z.infer<typeof MachineViewSchema>;

export const UpdateMachineSchema = z
  .object({
    name: NameSchema.optional(),
    slots: z.int().min(1).max(64).optional(),
    labels: z.array(LabelSchema).max(MOST_LABELS).optional(),
    drain: z.boolean().optional(),
    takesMembers: z.boolean().optional(),
    poolIds: z
      .array(IdSchema)
      .max(MOST_POOLS, `Use at most ${MOST_POOLS} pools.`)
      .transform((ids) => [...new Set(ids)])
      .optional(),
    lostAfterSeconds: z.int().min(2).max(86_400).nullable().optional(),
  })
  .strict();
export type UpdateMachine = z.infer<typeof UpdateMachineSchema>;

export const JoinTokenViewSchema = z.object({
  token: z.string().max(LIMITS.secretChars),
  expiresAt: TimeSchema,
  /** Ready to paste; the token is read from standard input, never an argument. */
  command: z.string().max(LIMITS.commandChars),
  /** Why the command would not work on another computer as the server is now; null: nothing speaks against it. */
  warning: SentenceSchema.nullable(),
  /**
   * Addresses of this host that other computers may know it by. Empty where the address of the command is the one that
   * was meant for them.
   */
  addresses: z.array(WordSchema).max(100),
});
export type JoinTokenView = z.infer<typeof JoinTokenViewSchema>;
