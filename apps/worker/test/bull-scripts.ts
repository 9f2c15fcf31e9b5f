import { createRequire } from 'node:module';
import { z } from 'zod';

const scripts: unknown = createRequire(import.meta.url)('bullmq/dist/cjs/scripts');
const ScriptSchema = z.object({ content: z.string() });
const { moveToActive, moveToFinished, moveStalledJobsToWait, extendLock } = z
  .object({
    moveToActive: ScriptSchema,
    moveToFinished: ScriptSchema,
    moveStalledJobsToWait: ScriptSchema,
    extendLock: ScriptSchema,
  })
  .transform(
    (all) =>
      Object.fromEntries(Object.entries(all).map(([name, { content }]) => [name, content])) as Record<
        keyof typeof all,
        string
      >,
  )
  .parse(scripts);

export { extendLock, moveStalledJobsToWait, moveToActive, moveToFinished };
