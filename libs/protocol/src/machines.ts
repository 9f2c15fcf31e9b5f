import { z } from 'zod';
import { IdSchema, NameSchema, TimeSchema } from './ids.js';

export const MACHINE_STATES = ['online', 'offline', 'draining'] as const;
const MachineStateSchema = z.enum(MACHINE_STATES);
const MachineProviderSchema = z.enum(['local', 'joined', 'aws']);
export type MachineProvider = z.infer<typeof MachineProviderSchema>;

const GpuSchema = z.object({ name: z.string(), memoryBytes: z.number() });
/** What a worker finds on its machine, at each connection and from time to time. */
export const InventorySchema = z.object({
  hostname: z.string(),
  platform: z.string(),
  arch: z.string(),
  cpuModel: z.string(),
  cpus: z.int(),
  memoryBytes: z.number(),
  diskFreeBytes: z.number().nullable(),
  gpus: z.array(GpuSchema),
  node: z.string(),
  python: z.string().nullable(),
  docker: z.string().nullable(),
  /** Runs get a uid of their own. */
  isolated: z.boolean(),
});
export type Inventory = z.infer<typeof InventorySchema>;

export const LabelSchema = z
  .string()
  .regex(/^[A-Za-z0-9._/-]{1,40}$/, 'Use letters, digits and . _ / - in a label, at most 40.');

export const LoadSchema = z.object({ cpu: z.number(), memory: z.number(), gpu: z.number().nullable() });
/** Fractions from 0 to 1, sampled with the heartbeat. */
export type Load = z.infer<typeof LoadSchema>;

export const MachineViewSchema = z.object({
  id: IdSchema,
  name: z.string(),
  state: MachineStateSchema,
  /** Whether it takes no new runs; unlike `state` it says so of a machine that is offline too. */
  draining: z.boolean(),
  slots: z.int(),
  running: z.array(IdSchema),
  labels: z.array(z.string()),
  poolIds: z.array(IdSchema),
  provider: MachineProviderSchema,
  inventory: InventorySchema.nullable(),
  version: z.string().nullable(),
  /** The worker is of another version than the server: what that means and how to update it, as a sentence. */
  outdated: z.string().nullable(),
  properties: z.record(z.string(), z.unknown()),
  /** Who began the connection: the worker, or this server (`POST machines/connect`). */
  connection: z.enum(['dialled-in', 'dialled-out']),
  /** Where the server dials it. */
  url: z.string().nullable(),
  /** Why a machine that the server dials cannot be reached now. */
  connectionError: z.string().nullable(),
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
    labels: z.array(LabelSchema).max(20).optional(),
    drain: z.boolean().optional(),
    poolIds: z
      .array(IdSchema)
      .max(100, 'Use at most 100 pools.')
      .transform((ids) => [...new Set(ids)])
      .optional(),
    lostAfterSeconds: z.int().min(2).max(86_400).nullable().optional(),
  })
  .strict();
export type UpdateMachine = z.infer<typeof UpdateMachineSchema>;

export const JoinTokenViewSchema = z.object({
  token: z.string(),
  expiresAt: TimeSchema,
  /** Ready to paste; the token is read from standard input, never an argument. */
  command: z.string(),
  /** Why the command would not work on another computer as the server is now; null: nothing speaks against it. */
  warning: z.string().nullable(),
  /**
   * Addresses of this host that other computers may know it by. Empty where the address of the command is the one that
   * was meant for them.
   */
  addresses: z.array(z.string()),
});
export type JoinTokenView = z.infer<typeof JoinTokenViewSchema>;
