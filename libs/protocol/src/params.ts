import { z } from 'zod';
import { boundedRecord } from './bounded.js';
import { LIMITS } from './limits.js';

export const ParamValueSchema = z.union([z.string().max(4096), z.number(), z.boolean()]);
export type ParamValue = z.infer<typeof ParamValueSchema>;
const WRONG_NAME = 'Name a parameter by letters, digits and _, at most 64.';
export const ParamsSchema = boundedRecord(
  z
    .string()
    .max(64, { error: WRONG_NAME, abort: true })
    .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, WRONG_NAME),
  ParamValueSchema,
  LIMITS.runEntries,
);
/** Of a new run: each parameter is a variable `MLE_PARAM_<NAME>` of the run too, in capitals. */
export const NewParamsSchema = ParamsSchema.superRefine((params, context) => {
  const byVariable = new Map<string, string>();
  for (const name of Object.keys(params)) {
    const other = byVariable.get(name.toUpperCase());
    byVariable.set(name.toUpperCase(), name);
    if (other === undefined) continue;
    context.addIssue({
      code: 'custom',
      path: [name],
      message: `${other} and ${name} differ only by case, and both would be MLE_PARAM_${name.toUpperCase()}. Rename one.`,
    });
  }
});
