import { z } from 'zod';
import { WordSchema } from './bounded.js';
import { LIMITS } from './limits.js';

/** May repeat what was sent. */
const EchoSchema = z.string().max(LIMITS.jsonBodyBytes);

/** One field of a request that was refused. `path` is dotted, `''` for the body as a whole. */
const FieldErrorSchema = z.object({ path: EchoSchema, message: EchoSchema });
export type FieldError = z.infer<typeof FieldErrorSchema>;

/** RFC 9457 problem details, as every refused request answers. */
export const ProblemSchema = z.object({
  type: WordSchema,
  title: WordSchema,
  status: z.int(),
  /** What happened and what to do, for a person. */
  detail: EchoSchema,
  /** Stable and machine readable, for example `run.not_found`. */
  code: WordSchema,
  errors: z.array(FieldErrorSchema).max(LIMITS.fieldErrors).optional(),
  /** Names this request in the server's log. */
  correlationId: WordSchema,
});
export type Problem = z.infer<typeof ProblemSchema>;
