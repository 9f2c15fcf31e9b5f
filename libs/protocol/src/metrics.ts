import { z } from 'zod';
import { WordSchema } from './bounded.js';
import { IdSchema } from './ids.js';
import { LIMITS } from './limits.js';

/** What the x of a series counts. `index`: the points themselves, where a line names neither. */
export const METRIC_AXES = ['step', 'epoch', 'index'] as const;
const MetricAxisSchema = z.enum(METRIC_AXES);
export type MetricAxis = z.infer<typeof MetricAxisSchema>;

/** Columns of points in the order in which they were printed. A `y` of null was printed as nan or inf. */
const MetricColumns = {
  x: z.array(z.number()).max(LIMITS.chartPoints),
  y: z.array(z.number().nullable()).max(LIMITS.chartPoints),
  /** Milliseconds since the epoch, by the machine's clock. */
  time: z.array(z.number()).max(LIMITS.chartPoints),
};

const MetricSeriesSchema = z.object({
  name: WordSchema,
  axis: MetricAxisSchema,
  /** Points that the run printed until now; the columns may hold fewer of them, but every extremum. */
  count: z.int(),
  ...MetricColumns,
});
export type MetricSeries = z.infer<typeof MetricSeriesSchema>;

export const MetricListSchema = z.object({
  attempt: z.int(),
  series: z.array(MetricSeriesSchema).max(LIMITS.metricSeries),
  /** The program printed faster than lines are read for numbers, so that some were passed over. */
  sampled: z.boolean(),
  /** Points that no series took, because there are too many of either. */
  dropped: z.int(),
});
export type MetricList = z.infer<typeof MetricListSchema>;

const PointsSchema = z.coerce.number().int().min(16).max(20_000);

export const MetricQuerySchema = z.object({
  /** Of the wanted series, joined by commas; without it all. */
  names: z
    .string()
    .max(LIMITS.queryChars)
    .transform((text) => text.split(',').filter((name) => name !== ''))
    .optional(),
  /** About as many points of each series at most. */
  points: PointsSchema.default(2_000),
  attempt: z.coerce.number().int().positive().optional(),
});
export type MetricQuery = z.infer<typeof MetricQuerySchema>;

const MOST_RUNS = 50;
/** Small curves of several runs, as a list of them shows. */
export const MetricsOfRunsQuerySchema = z.object({
  /** Joined by commas. */
  runs: z
    .string()
    .max(LIMITS.queryChars)
    .transform((text) => text.split(','))
    .pipe(z.array(IdSchema).min(1, 'Name a run at least.').max(MOST_RUNS, `Name at most ${MOST_RUNS} runs.`)),
  names: MetricQuerySchema.shape.names,
  points: PointsSchema.max(200, 'Ask for at most 200 points of each series.').default(16),
});
export type MetricsOfRunsQuery = z.infer<typeof MetricsOfRunsQuerySchema>;

export const MetricsOfRunsSchema = z.object({
  items: z
    .array(
      z.object({
        runId: IdSchema,
        /** Empty where the run has not such a series, or too many points for a look at several runs. */
        series: z.array(MetricSeriesSchema).max(LIMITS.metricSeries),
      }),
    )
    .max(MOST_RUNS),
});
export type MetricsOfRuns = z.infer<typeof MetricsOfRunsSchema>;

/** A series in one line. `step` is the x of the last point; what is not finite counts for `last` alone, as null. */
export const MetricSummarySchema = z.object({
  last: z.number().nullable(),
  min: z.number().nullable(),
  max: z.number().nullable(),
  step: z.number(),
});
export type MetricSummary = z.infer<typeof MetricSummarySchema>;

/** Points that came since the update before. */
export interface MetricUpdate {
  runId: string;
  attempt: number;
  /** `first`: points of the series before these. With `count`, those after them, it shows what was missed. */
  series: (MetricSeries & { first: number })[];
}

/** What is sampled while a run is on a machine. The unit tells how to write a value. */
export const RESOURCES = {
  cpu: { scope: 'machine', unit: 'fraction' },
  memory: { scope: 'machine', unit: 'bytes' },
  gpu: { scope: 'machine', unit: 'fraction' },
  gpuMemory: { scope: 'machine', unit: 'bytes' },
  diskRead: { scope: 'machine', unit: 'bytes/s' },
  diskWritten: { scope: 'machine', unit: 'bytes/s' },
  networkReceived: { scope: 'machine', unit: 'bytes/s' },
  networkSent: { scope: 'machine', unit: 'bytes/s' },
  /** Cores that the processes of the run keep busy. */
  runCpu: { scope: 'run', unit: 'cores' },
  runMemory: { scope: 'run', unit: 'bytes' },
} as const;
export type ResourceName = keyof typeof RESOURCES;
export const RESOURCE_NAMES = Object.keys(RESOURCES) as ResourceName[];
const ResourceNameSchema = z.enum(RESOURCE_NAMES);

/** One look at the machine and at the run's processes. */
export const ResourceSampleSchema = z.partialRecord(ResourceNameSchema, z.number().min(0));
export type ResourceSample = z.infer<typeof ResourceSampleSchema>;

export const ResourceQuerySchema = MetricQuerySchema.pick({ attempt: true, points: true });
export type ResourceQuery = z.infer<typeof ResourceQuerySchema>;

/** `x` is seconds since the attempt started on its machine. */
export const ResourceListSchema = z.object({
  attempt: z.int(),
  series: z
    .array(z.object({ name: ResourceNameSchema, axis: z.literal('seconds'), ...MetricColumns }))
    .max(RESOURCE_NAMES.length),
  /** Of the machine, as far as its worker knows them: the full scale of a chart. */
  capacity: z.object({
    cpus: z.int().nullable(),
    memoryBytes: z.number().nullable(),
    gpuMemoryBytes: z.number().nullable(),
  }),
});
export type ResourceList = z.infer<typeof ResourceListSchema>;
