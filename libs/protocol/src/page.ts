import { z } from 'zod';
import { LIMITS } from './limits.js';

/** `?limit=&cursor=` of every list. */
export const PageQuerySchema = z.object({
  limit: z.coerce.number().int().min(1).max(LIMITS.pageItems).default(50),
  cursor: z.string().max(200).optional(),
});
export type PageQuery = z.infer<typeof PageQuerySchema>;

export const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable() });
export interface Page<T> {
  items: T[];
  nextCursor: string | null;
}
