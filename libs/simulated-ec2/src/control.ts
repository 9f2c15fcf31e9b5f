import { z } from 'zod';

/**
 * Makes calls fail. A fault holds for the calls that match all that it names, `count` times, and the first fault that
 * matches is taken. `RunInstances` and `StartInstances` know the zone, the type and the market; `Boot` is no call: an
 * instance that takes it never runs its user-data.
 */
export const FaultSchema = z
  .strictObject({
    /** Such as `RunInstances`, `GetCallerIdentity`, `Boot`; `*` is every call. */
    action: z.string().min(1).max(100),
    region: z.string().optional(),
    zone: z.string().optional(),
    instanceType: z.string().optional(),
    market: z.enum(['spot', 'on-demand']).optional(),
    /** True: only dry runs; false: only calls that act. */
    dryRun: z.boolean().default(false),
    /** How often; null: until it is removed. */
    count: z.int().min(1).nullable().default(1),
    /** The error's code; known codes have their message and status. */
    code: z.string().min(1).max(100).optional(),
    message: z.string().max(2000).optional(),
    status: z.int().min(400).max(599).optional(),
    /** Before it acts, or before it fails. */
    delayMs: z.int().min(0).max(600_000).default(0),
    /** `before`: the connection breaks and nothing is done. `after`: it is done, and the answer is lost. */
    cut: z.enum(['before', 'after']).optional(),
  })
  .refine((fault) => fault.code === undefined || fault.cut === undefined, 'Give either a code or a cut.');

export const ClockSchema = z.strictObject({
  advanceMs: z
    .int()
    .min(0)
    .max(10 * 365 * 86_400_000),
});

export const SpotPriceSchema = z.strictObject({
  instanceType: z.string(),
  zone: z.string(),
  /** Dollars per hour; null: the price clock's again. */
  price: z.number().positive().nullable(),
});

export const CommandSchema = z.strictObject({ command: z.string().min(1).max(16_384) });

/** How a command inside an instance ended. */
export const CommandResultSchema = z.object({
  code: z.int().nullable(),
  stdout: z.string(),
  stderr: z.string(),
});

export const CallSchema = z.object({
  at: z.string(),
  action: z.string(),
  region: z.string(),
  accessKeyId: z.string(),
  dryRun: z.boolean(),
  /** The error's code, or null. */
  error: z.string().nullable(),
});

export type Fault = z.output<typeof FaultSchema>;
export type FaultOptions = z.input<typeof FaultSchema>;
export type SpotPrice = z.output<typeof SpotPriceSchema>;
export type CommandResult = z.output<typeof CommandResultSchema>;
export type RecordedCall = z.output<typeof CallSchema>;
