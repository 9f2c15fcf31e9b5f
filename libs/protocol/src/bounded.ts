import { z } from 'zod';
import { LIMITS } from './limits.js';

/** A word or a few that a program says of itself or of its machine: a version, a host's name, a processor's. */
export const WordSchema = z.string().max(LIMITS.wordChars);

/** What happened, or what to do, for a person. */
export const SentenceSchema = z.string().max(LIMITS.sentenceChars);

/** The path of a file as it is listed, which need not be one inside a project. */
export const ListedPathSchema = z.string().max(LIMITS.listedPathChars);

/** `true` or `false` in a query, or what programs write for them. */
export const FlagSchema = z.string().max(LIMITS.wordChars).pipe(z.stringbool());

/** A record of at most `max` entries. The limit is named in the check, so that whoever walks the schema finds it. */
export const boundedRecord = <K extends z.ZodString, V extends z.ZodType>(key: K, value: V, max: number) =>
  z.record(key, value).refine((entries) => Object.keys(entries).length <= max, {
    error: `Use at most ${max} entries.`,
    params: { maxEntries: max },
  });
