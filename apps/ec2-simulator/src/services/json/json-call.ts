import type { z } from 'zod';
import { ServiceError } from '../../wire/service-error.js';
import type { Call } from '../call.js';

/** A call of a JSON 1.1 API, with its input. */
export type JsonHandler = (call: Call, input: unknown) => Record<string, unknown>;

export function readInput<T extends z.ZodType>(schema: T, input: unknown, code: string): z.output<T> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new ServiceError(code, `1 validation error detected: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`);
}
