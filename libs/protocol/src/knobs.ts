import { z } from 'zod';
import { ListedPathSchema } from './bounded.js';
import { IdSchema } from './ids.js';
import { LIMITS } from './limits.js';
import { ParamValueSchema } from './params.js';
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
  name: z.string().max(64),
  kind: KnobKindSchema,
  value: ParamValueSchema,
  /** From 1. */
  line: z.int().positive().nullable(),
  how: KnobHowSchema,
  suggest: z.array(ParamValueSchema).max(LIMITS.knobs),
  scale: KnobScaleSchema,
  /** The literal in the text of the file, in UTF-16 units. */
  from: z.int().nonnegative().nullable(),
  to: z.int().nonnegative().nullable(),
});
export type Knob = z.infer<typeof KnobSchema>;

/** Besides, `at.<name>=` asks for the values to try around another value than the one in the file. */
export const KnobQuerySchema = z
  .object({
    file: ProjectPathSchema,
    /** A run of the project whose files are looked at, in place of those of now. */
    runId: IdSchema.optional(),
  })
  .catchall(z.string().max(LIMITS.commandChars));
export type KnobQuery = z.infer<typeof KnobQuerySchema>;

export const KnobListSchema = z.object({ items: z.array(KnobSchema).max(LIMITS.knobs) });
export type KnobList = z.infer<typeof KnobListSchema>;

/** Where a parameter of a run took effect: in the run's own copy of its file, or as an option of its command line. */
export const KnobSetSchema = z.object({
  name: z.string().max(64),
  how: KnobHowSchema.extract(['constant', 'option']),
  /** From 1. */
  line: z.int().positive(),
  /** What the program says, and what this run has in its place. */
  from: ParamValueSchema,
  to: ParamValueSchema,
});
export type KnobSet = z.infer<typeof KnobSetSchema>;

/**
 * One thing in which a run differs from the run before it. Null is "not there". `code`: a file by its path, its lines
 * counted where it is text; or all of it by the name "code".
 */
export const RunChangeSchema = z.object({
  kind: z.enum(['knob', 'param', 'code', 'seed', 'args']),
  name: ListedPathSchema,
  from: ParamValueSchema.nullable(),
  to: ParamValueSchema.nullable(),
  added: z.int().nonnegative().optional(),
  removed: z.int().nonnegative().optional(),
});
export type RunChange = z.infer<typeof RunChangeSchema>;
