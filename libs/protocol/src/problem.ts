import { z } from 'zod';

/** One field of a request that was refused. `path` is dotted, `''` for the body as a whole. */
const FieldErrorSchema = z.object({ path: z.string(), message: z.string() });
export type FieldError = z.infer<typeof FieldErrorSchema>;

/** RFC 9457 problem details, as every refused request answers. */
export const ProblemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  /** What happened and what to do, for a person. */
  detail: z.string(),
  /** Stable and machine readable, for example `run.not_found`. */
  code: z.string(),
  errors: z.array(FieldErrorSchema).optional(),
  /** Names this request in the server's log. */
  correlationId: z.string(),
});
export type Problem = z.infer<typeof ProblemSchema>;
