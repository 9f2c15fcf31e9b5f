import { z } from 'zod';
import { WordSchema } from './bounded.js';
import { IdSchema } from './ids.js';

/** BullMQ's key prefix. */
export const QUEUE_PREFIX = 'mle';
export const DELIVERY_JOB = 'run.execute';

export const machineQueue = (machineId: string): string => `machine-${machineId}`;
export const poolQueue = (poolId: string): string => `pool-${poolId}`;
/** BullMQ refuses ':' in a job id; a delivery is the same for the same attempt. */
export const deliveryId = (runId: string, attempt: number): string => `${runId}-${attempt}`;

/** A delivery carries ids only: the run itself is in the database. */
export const DeliverySchema = z.object({
  runId: IdSchema,
  attempt: z.int().positive(),
  correlationId: WordSchema.optional(),
});
export type Delivery = z.infer<typeof DeliverySchema>;
