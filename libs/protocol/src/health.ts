import { z } from 'zod';

/** `GET /readyz`: whether a run could start now, and what is missing if not. */
export const ReadinessSchema = z.object({
  ready: z.boolean(),
  checks: z.array(
    z.object({ name: z.enum(['database', 'redis', 'disk', 'machine']), ok: z.boolean(), detail: z.string() }),
  ),
});
export type Readiness = z.infer<typeof ReadinessSchema>;
