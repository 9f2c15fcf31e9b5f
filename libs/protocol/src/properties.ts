import { z } from 'zod';
import { boundedRecord } from './bounded.js';
import { LIMITS } from './limits.js';

const encoder = new TextEncoder();
const KeySchema = z.string().max(LIMITS.wordChars);

const scalars = [z.string().max(LIMITS.sentenceChars), z.number(), z.boolean(), z.null()] as const;

/** What may stand at a level of JSON, above levels that hold `inner`. */
const above = <T extends z.ZodType>(inner: T) =>
  z.union([
    ...scalars,
    z.array(inner).max(LIMITS.propertyEntries),
    boundedRecord(KeySchema, inner, LIMITS.propertyEntries),
  ]);

/** What the owner of a machine says of it, as JSON of a few levels; it goes to every page that shows the machine. */
export const PropertiesSchema = boundedRecord(
  KeySchema,
  above(above(above(z.union(scalars)))),
  LIMITS.propertyEntries,
).refine(
  (properties) => encoder.encode(JSON.stringify(properties)).length <= LIMITS.propertiesBytes,
  `Use at most ${LIMITS.propertiesBytes} bytes of JSON.`,
);
export type Properties = z.infer<typeof PropertiesSchema>;
