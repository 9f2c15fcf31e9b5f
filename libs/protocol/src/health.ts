import { z } from 'zod';
import { SentenceSchema } from './bounded.js';

const CheckNameSchema = z.enum(['database', 'redis', 'disk', 'machine']);

/** `GET /readyz`: whether a run could start now, and what is missing if not. */
export const ReadinessSchema = z.object({
  ready: z.boolean(),
  checks: z
    .array(z.object({ name: CheckNameSchema, ok: z.boolean(), detail: SentenceSchema }))
    .max(CheckNameSchema.options.length),
});
export type Readiness = z.infer<typeof ReadinessSchema>;
