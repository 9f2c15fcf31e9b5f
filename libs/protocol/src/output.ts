import { z } from 'zod';
import { FlagSchema } from './bounded.js';
import { IdSchema } from './ids.js';
import { LIMITS } from './limits.js';

/**
 * `system`: our own sentences. `tensorboard`: what the machine read from event files, for the reader of numbers alone:
 * a line is `["name", step, value, time]`, or `{"file", "to"}` before those of a file that were read up to there. What
 * is no finite number stands there as a word.
 */
export const OUTPUT_STREAMS = ['stdout', 'stderr', 'system', 'tensorboard'] as const;
export const OutputStreamSchema = z.enum(OUTPUT_STREAMS);
export type OutputStream = z.infer<typeof OutputStreamSchema>;

/** Whether the program itself wrote it. */
export const isProgramStream = (index: number): boolean =>
  OUTPUT_STREAMS[index] === 'stdout' || OUTPUT_STREAMS[index] === 'stderr';

/** Bytes of one stream that were read together. `offset` counts the whole sequence of the attempt. */
const SegmentSchema = z.object({
  offset: z.int().nonnegative(),
  length: z.int().positive(),
  stream: OutputStreamSchema,
  /** Milliseconds since the epoch, by the machine's clock. */
  time: z.number(),
});
export type Segment = z.infer<typeof SegmentSchema>;

export const SegmentListSchema = z.object({
  items: z.array(SegmentSchema).max(LIMITS.outputQuotaBytes),
  storedBytes: z.int(),
});
export type SegmentList = z.infer<typeof SegmentListSchema>;

export const OutputQuerySchema = z.object({
  attempt: z.coerce.number().int().positive().optional(),
  /** Without it what a person reads: all but `tensorboard`. `all`: the whole sequence, as offsets count it. */
  stream: z.enum([...OUTPUT_STREAMS, 'all']).optional(),
  from: z.coerce.number().int().nonnegative().optional(),
  to: z.coerce.number().int().nonnegative().optional(),
  follow: FlagSchema.optional(),
});
export type OutputQuery = z.infer<typeof OutputQuerySchema>;

export const SegmentQuerySchema = OutputQuerySchema.pick({ attempt: true, from: true, to: true });
export type SegmentQuery = z.infer<typeof SegmentQuerySchema>;

/** The head of a frame of output; its bytes travel beside it as one binary attachment. */
export const OutputFrameSchema = z.object({
  runId: IdSchema,
  attempt: z.int().positive(),
  /** Offset of the first byte. */
  from: z.int().nonnegative(),
  /** The pieces of the frame in order: their lengths add up to the length of the bytes. */
  segments: z
    .array(
      z.tuple([
        z.int().positive(),
        z
          .int()
          .min(0)
          .max(OUTPUT_STREAMS.length - 1),
        z.number(),
      ]),
    )
    .max(LIMITS.outputFrameBytes),
});
/** `segments` are `[length, index into OUTPUT_STREAMS, time]`. */
export type OutputFrame = z.infer<typeof OutputFrameSchema>;
