import { z } from 'zod';
import { RegionSchema } from './aws.js';
import { SentenceSchema, WordSchema } from './bounded.js';
import { IdSchema, NameSchema, TimeSchema } from './ids.js';
import { LIMITS } from './limits.js';

/** Instances of one launch, and the most that an installation may allow at once. */
const MOST_INSTANCES = 64;
const MOST_HOURS = 7 * 24;
const MOST_NAME = 60;
const MOST_ALTERNATIVES = 8;
/** Ends of instances are at most so far away. */
export const LONGEST_LIFETIME_MS = MOST_HOURS * 3_600_000;
export const DEFAULT_LIFETIME_HOURS = 3;
export const DEFAULT_IDLE_MINUTES = 15;

const INSTANCE_STATES = [
  'requested',
  'pending',
  'booting',
  'connecting',
  'ready',
  'stopping',
  'stopped',
  'terminating',
  'terminated',
  'failed',
] as const;
const InstanceStateSchema = z.enum(INSTANCE_STATES);
export type InstanceState = z.infer<typeof InstanceStateSchema>;

/** Those that will not be there again. */
export const isEnded = (state: InstanceState): boolean => state === 'terminated' || state === 'failed';

/** Who has the machines: this computer, as further worker processes, or Amazon EC2. */
const InstanceProviderSchema = z.enum(['local', 'aws']);
export type InstanceProvider = z.infer<typeof InstanceProviderSchema>;

const BuySchema = z.enum(['on-demand', 'spot']);
export type Buy = z.infer<typeof BuySchema>;

/** Who begins: the machine dials the server, or the server dials the machine. */
const WaySchema = z.enum(['join', 'dial']);
export type Way = z.infer<typeof WaySchema>;

/** The port of a machine that the server dials. */
export const DIAL_PORT = 8_471;

const InstanceProblemSchema = z.object({
  code: WordSchema,
  sentence: SentenceSchema,
  detail: SentenceSchema,
  /** By which the provider finds the request that failed. */
  requestId: WordSchema.nullable(),
});
export type InstanceProblem = z.infer<typeof InstanceProblemSchema>;

export const InstanceViewSchema = z.object({
  id: IdSchema,
  provider: InstanceProviderSchema,
  /** Who launched it; null: it was launched before that was noted. */
  ownerId: IdSchema.nullable(),
  name: WordSchema,
  state: InstanceStateSchema,
  type: WordSchema,
  /** The machine that it became, once its worker has joined. */
  machineId: IdSchema.nullable(),
  /** An estimate, with disk and address where it has them. */
  pricePerHour: z.number(),
  /** What it has cost so far, estimated. */
  cost: z.number(),
  buy: BuySchema,
  way: WaySchema,
  /** What was asked for: `ubuntu`, `deep-learning` or an id; null: what fits the type. */
  image: WordSchema.nullable(),
  region: WordSchema.nullable(),
  zone: WordSchema.nullable(),
  /** Its id at the provider. */
  providerId: WordSchema.nullable(),
  /** By which the internet reaches it while it runs. */
  address: WordSchema.nullable(),
  requestedAt: TimeSchema,
  readyAt: TimeSchema.nullable(),
  /** It is terminated then, whatever it does. */
  endsAt: TimeSchema,
  endedAt: TimeSchema.nullable(),
  /** It stops after so long without a run; null: never. */
  idleMinutes: z.int().nullable(),
  /** The states on its way to ready, each when it was first reached since it was last started. */
  phases: z.array(z.object({ name: InstanceStateSchema, at: TimeSchema })).max(INSTANCE_STATES.length),
  /** Why it stopped or ended by itself. */
  reason: SentenceSchema.nullable(),
  problem: InstanceProblemSchema.nullable(),
});
export type InstanceView = z.infer<typeof InstanceViewSchema>;

export const InstanceListSchema = z.object({
  /** Living ones, and those that ended within a day; the newest first. */
  items: z.array(InstanceViewSchema).max(LIMITS.pageItems),
  /** Where instances can be launched here. */
  providers: z.array(InstanceProviderSchema).max(10),
  /** What everybody has to know: machines that nobody knows, keys that no longer work. */
  notices: z.array(SentenceSchema).max(100),
  /** Whether whoever asks may launch some. */
  mayLaunch: z.boolean(),
  /** The dollars of this month that a member may still launch for; null: an administrator, whom only the limits of all bind. */
  left: z.number().nullable(),
  /** EC2 is a simulation: nothing costs anything. */
  simulated: z.boolean(),
});
export type InstanceList = z.infer<typeof InstanceListSchema>;

const InstanceTypeSchema = z.object({
  type: WordSchema,
  cpus: z.int(),
  memoryGb: z.number(),
  gpu: z.object({ name: WordSchema, count: z.int(), memoryGb: z.number() }).nullable(),
  /** On demand, without disk and address. */
  pricePerHour: z.number(),
  /** As spot now, in the dearest zone; null: nobody says. */
  spotPerHour: z.number().nullable(),
  freeTier: z.boolean(),
  /** It needs more processors than the account may have. */
  overQuota: z.boolean(),
});
export type InstanceType = z.infer<typeof InstanceTypeSchema>;
export const InstanceTypesSchema = z.object({
  items: z.array(InstanceTypeSchema).max(LIMITS.pageItems),
  /** Of the price table; null: nothing costs anything. */
  pricedAt: WordSchema.nullable(),
  /** What was done to prices of another region; 1: nothing. */
  factor: z.number(),
  /** Where they are; null: here. */
  region: WordSchema.nullable(),
  diskPerGbHour: z.number(),
  addressPerHour: z.number(),
});
export type InstanceTypes = z.infer<typeof InstanceTypesSchema>;

export const InstanceTypesQuerySchema = z.object({
  provider: InstanceProviderSchema,
  region: RegionSchema.optional(),
});

/** The smallest disk of an instance on EC2, and what it has where nobody says. */
export const SMALLEST_DISK_GB = 8;
export const DEFAULT_DISK_GB = 60;

const LifetimeSchema = z.number().min(0.25, 'Give at least a quarter of an hour.').max(MOST_HOURS);
const IdleSchema = z.int().min(5, 'Give at least 5 minutes.').max(1440).nullable();

export const LaunchInstancesSchema = z
  .object({
    provider: InstanceProviderSchema,
    type: WordSchema.optional(),
    /** Types to take where no zone has that one, in this order. */
    alternatives: z.array(WordSchema).max(MOST_ALTERNATIVES, `Name at most ${MOST_ALTERNATIVES} types.`).optional(),
    /** `ubuntu`, `deep-learning` or the id of an image; absent: what fits the type. */
    image: z
      .string()
      .max(40)
      .regex(
        /^(ubuntu|deep-learning|ami-[0-9a-f]{8,17})$/,
        'Give ubuntu, deep-learning or an id such as ami-0123456789abcdef0.',
      )
      .optional(),
    region: RegionSchema.optional(),
    buy: BuySchema.optional(),
    /** On demand where no spot instance is to be had. */
    fallBack: z.boolean().optional(),
    /** Absent: `join` where machines can reach this server, else `dial`. */
    way: WaySchema.optional(),
    diskGb: z.int().min(SMALLEST_DISK_GB).max(2_000).optional(),
    count: z.int().min(1, 'Launch at least one.').max(MOST_INSTANCES).optional(),
    name: NameSchema.max(MOST_NAME, 'Use at most 60 characters.').optional(),
    poolId: IdSchema.optional(),
    lifetimeHours: LifetimeSchema.optional(),
    idleMinutes: IdleSchema.optional(),
  })
  .strict();
export type LaunchInstances = z.infer<typeof LaunchInstancesSchema>;

export const UpdateInstanceSchema = z
  .object({
    name: NameSchema.max(MOST_NAME, 'Use at most 60 characters.').optional(),
    endsAt: TimeSchema.optional(),
    idleMinutes: IdleSchema.optional(),
  })
  .strict();
export type UpdateInstance = z.infer<typeof UpdateInstanceSchema>;

const DollarsSchema = z.number().min(0).max(1_000_000);
/** Hard: what is over is refused. Instances that are stopped count, because they still take their place. */
export const BudgetSchema = z
  .object({
    instances: z.int().min(0).max(MOST_INSTANCES, `Use at most ${MOST_INSTANCES}.`),
    dollarsPerHour: DollarsSchema,
    dollarsPerMonth: DollarsSchema,
    /** What each member may launch for; 0: members launch nothing. */
    memberDollarsPerMonth: DollarsSchema,
  })
  .strict();
export type Budget = z.output<typeof BudgetSchema>;
/** What is left out stays as it is. */
export const ChangeBudgetSchema = BudgetSchema.partial();
export type ChangeBudget = z.output<typeof ChangeBudgetSchema>;
export const DEFAULT_BUDGET: Budget = {
  instances: 4,
  dollarsPerHour: 3,
  dollarsPerMonth: 50,
  memberDollarsPerMonth: 0,
};

/** What instances cost, in dollars: an estimate by the price table, without data transfer. */
export const MoneySchema = z.object({
  /** What lives now costs so much. */
  perHour: z.number(),
  /** Since the first of the month, in UTC. */
  month: z.number(),
  /** What the living may still cost: the most, until they end. */
  reserved: z.number(),
  /** Of this month, the dearest first. */
  byMachine: z.array(z.object({ id: IdSchema, name: WordSchema, cost: z.number() })).max(LIMITS.pageItems),
  /** What one's own runs of this month took of these machines, the dearest first. */
  byProject: z.array(z.object({ id: IdSchema, name: WordSchema, cost: z.number() })).max(LIMITS.pageItems),
  estimate: z.literal(true),
});
export type Money = z.infer<typeof MoneySchema>;
