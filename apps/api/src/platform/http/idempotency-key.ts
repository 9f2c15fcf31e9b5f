import { z } from 'zod';
import { parsed } from './zod.js';

const IdempotencyKeySchema = z.string().min(1).max(200).nullable();

/** The header as it came, checked; null without one. */
export const idempotencyKey = (header: string | undefined): string | null =>
  parsed(IdempotencyKeySchema, header ?? null, 'Idempotency-Key');
