import { z } from 'zod';
import { WordSchema } from './bounded.js';
import { IdSchema, NameSchema, TimeSchema } from './ids.js';

const MembersSchema = z.array(IdSchema).max(1000, 'Use at most 1000 machines in a pool.');

/** A named group of machines, any of which may take a run that targets it. */
export const PoolViewSchema = z.object({
  id: IdSchema,
  name: WordSchema,
  machineIds: MembersSchema,
  createdAt: TimeSchema,
});
export type PoolView = z.infer<typeof PoolViewSchema>;

export const CreatePoolSchema = z.object({ name: NameSchema, machineIds: MembersSchema.optional() }).strict();
export type CreatePool = z.infer<typeof CreatePoolSchema>;

/** `machineIds` takes the place of all members. */
export const UpdatePoolSchema = z
  .object({ name: NameSchema.optional(), machineIds: MembersSchema.optional() })
  .strict();
export type UpdatePool = z.infer<typeof UpdatePoolSchema>;
