import { z } from 'zod';
import { LIMITS } from './limits.js';

const LIMIT = `Give a limit from 1 to ${LIMITS.pageItems}.`;

export const WRONG_CURSOR = 'Give the nextCursor of the page before, or none for the first page.';

/** `?limit=&cursor=` of every list. */
export const PageQuerySchema = z.object({
  limit: z.coerce.number().int().min(1, LIMIT).max(LIMITS.pageItems, LIMIT).default(50),
  cursor: z
    .string()
    .max(24, { error: WRONG_CURSOR, abort: true })
    .regex(/^[0-9a-f]{24}$/, WRONG_CURSOR)
    .optional(),
});

export const pageOf = <T extends z.ZodType>(item: T, cursorChars = 24) =>
  z.object({ items: z.array(item).max(LIMITS.pageItems), nextCursor: z.string().max(cursorChars).nullable() });
export interface Page<T> {
  items: T[];
  nextCursor: string | null;
}
