import { z } from 'zod';
import { type ParamValue, ParamValueSchema } from './params.js';
import { ProjectPathSchema } from './project-path.js';

/** `choice`: a value of a small set that the program names; `suggest` holds it. */
export const KnobKindSchema = z.enum(['number', 'integer', 'choice', 'text', 'boolean']);
export type KnobKind = z.infer<typeof KnobKindSchema>;

/**
 * Where the program takes the value from: a constant at the top of the file, an option of the command line, a call of
 * `mle.param`, or the settings of the project.
 */
export const KnobHowSchema = z.enum(['constant', 'option', 'call', 'setting']);
export type KnobHow = z.infer<typeof KnobHowSchema>;

/** How its values step: by equal differences, by equal ratios, or by doubling. */
export const KnobScaleSchema = z.enum(['linear', 'log', 'two']);
export type KnobScale = z.infer<typeof KnobScaleSchema>;

/** A value of a program that a person may want to turn. Null stands for the places of what is not in the file. */
export const KnobSchema = z.object({
  name: z.string(),
  kind: KnobKindSchema,
  value: ParamValueSchema,
  /** From 1. */
  line: z.int().positive().nullable(),
  how: KnobHowSchema,
  suggest: z.array(ParamValueSchema),
  scale: KnobScaleSchema,
  /** The literal in the text of the file, in UTF-16 units. */
  from: z.int().nonnegative().nullable(),
  to: z.int().nonnegative().nullable(),
});
export type Knob = z.infer<typeof KnobSchema>;

export const KnobQuerySchema = z.object({ file: ProjectPathSchema });
export type KnobQuery = z.infer<typeof KnobQuerySchema>;

export const KnobListSchema = z.object({ items: z.array(KnobSchema) });
export type KnobList = z.infer<typeof KnobListSchema>;

/** One thing in which a run differs from another. Null is "not there"; the lines are counted for code that is text. */
export const RunChangeSchema = z.object({
  kind: z.enum(['knob', 'param', 'code', 'seed', 'args', 'machine']),
  name: z.string(),
  from: ParamValueSchema.nullable(),
  to: ParamValueSchema.nullable(),
  added: z.int().nonnegative().optional(),
  removed: z.int().nonnegative().optional(),
});
export type RunChange = z.infer<typeof RunChangeSchema>;

/** A value as a sentence shows it, with a true minus. */
export function shownValue(value: ParamValue | null): string {
  if (value === null) return 'not set';
  return typeof value === 'number' ? String(value).replaceAll('-', '−') : String(value);
}

/** Such as "learning_rate 0.5 → 1.6", or "code network.py +12 −3". */
export function shownChange({ kind, name, from, to, added = 0, removed = 0 }: RunChange): string {
  if (kind !== 'code') return `${name} ${shownValue(from)} → ${shownValue(to)}`;
  return ['code', name, ...(added > 0 ? [`+${added}`] : []), ...(removed > 0 ? [`−${removed}`] : [])].join(' ');
}
