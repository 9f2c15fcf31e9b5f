import { z } from 'zod';

const hex = (digits: number, message: string) =>
  z
    .string()
    .max(digits, { error: message, abort: true })
    .regex(new RegExp(`^[0-9a-f]{${digits}}$`), message);

/** A database id: 24 hex digits. */
export const IdSchema = hex(24, 'Give an id of 24 hex digits.');
export type Id = z.infer<typeof IdSchema>;

/** A SHA-256 in lower-case hex: the name of a blob. */
export const Sha256Schema = hex(64, 'Give a SHA-256 of 64 hex digits.');

/** An instant in UTC, as the server stamps it. */
export const TimeSchema = z.iso.datetime().max(40);

/** A short text that a person reads in lists: trimmed, no control characters. */
export const NameSchema = z
  .string()
  .trim()
  .min(1, 'Give a name.')
  .max(80, 'Use at most 80 characters.')
  .regex(/^[^\u0000-\u001f\u007f]*$/u, 'Use no control characters.');
