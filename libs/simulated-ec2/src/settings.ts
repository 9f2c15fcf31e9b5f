import { z } from 'zod';

const milliseconds = z.int().min(0).max(86_400_000);

/** How long things take, in milliseconds of the simulation's clock; much shorter than on the real service. */
export const TimingsSchema = z.strictObject({
  /** From the launch or the start to `running`. */
  pending: milliseconds.default(100),
  /** The shortest time in `stopping`. */
  stopping: milliseconds.default(100),
  /** The shortest time in `shutting-down`. */
  shuttingDown: milliseconds.default(100),
  /** From `running` to the status checks `ok`. */
  statusChecks: milliseconds.default(200),
  /** A new instance is not found for so long. */
  consistency: milliseconds.default(150),
  /** A terminated instance is still shown for so long. */
  terminatedShown: milliseconds.default(60_000),
  /** What a machine has for an orderly end before it is switched off. */
  shutdownGrace: milliseconds.default(10_000),
  /** From the notice of a spot interruption to its end. */
  spotNotice: milliseconds.default(120_000),
});

export const CredentialsSchema = z.strictObject({
  accessKeyId: z.string().regex(/^[A-Z0-9]{16,128}$/),
  secretAccessKey: z.string().min(1).max(128),
  sessionToken: z.string().min(1).max(2048).optional(),
  /** Of the IAM user whose keys these are. */
  userName: z
    .string()
    .regex(/^[\w+=,.@-]{1,64}$/)
    .default('simulated'),
  /** An IAM policy document; without one everything is allowed. */
  policy: z.record(z.string(), z.unknown()).optional(),
});

export const SimulatorSettingsSchema = z.strictObject({
  /** The keys that are accepted; without any, one pair is made at the start. All belong to one account. */
  credentials: z.array(CredentialsSchema).max(50).default([]),
  timings: TimingsSchema.prefault({}),
  /** Quota code → vCPUs, in place of the default ones. */
  quotas: z.record(z.string(), z.int().min(0)).default({}),
  /** The account has a default VPC in each region. */
  defaultVpc: z.boolean().default(true),
  /** `ignored`: a launch with a token that was used launches again, as some emulators do. */
  clientTokens: z.enum(['kept', 'ignored']).default('kept'),
  /** The account may launch only what is eligible for the free tier. */
  freeTierOnly: z.boolean().default(false),
  /**
   * Where user-data runs: `namespaces` of its own, a `folder` that MLE_ROOT names, or not at all (`none`).
   * `auto` takes namespaces where they work, else a folder, but as root none: there a script would change this host.
   */
  machines: z.enum(['auto', 'namespaces', 'folder', 'none']).default('auto'),
  /** Whether machines in namespaces reach what listens on the loopback of this host; `apart`: no route leads there. */
  host: z.enum(['reached', 'apart']).default('reached'),
});

export type Timings = z.output<typeof TimingsSchema>;
export type SimulatorSettings = z.output<typeof SimulatorSettingsSchema>;
/** What a caller writes: everything has a default. */
export type SimulatorOptions = z.input<typeof SimulatorSettingsSchema>;

/** The line that the simulator prints when it listens. */
export const AnnouncementSchema = z.object({
  msg: z.literal('simulated EC2 ready'),
  endpoint: z.string(),
  region: z.string(),
  credentials: z.object({
    accessKeyId: z.string(),
    secretAccessKey: z.string(),
    sessionToken: z.string().optional(),
  }),
  /** Opens the routes under /_simulator. */
  controlToken: z.string(),
  machines: z.enum(['namespaces', 'folder', 'none']),
  /** Why it is not what was hoped for. */
  remark: z.string().optional(),
});
export type Announcement = z.output<typeof AnnouncementSchema>;
