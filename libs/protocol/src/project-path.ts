import { z } from 'zod';
import { LIMITS } from './limits.js';

const encoder = new TextEncoder();
/** A UTF-16 unit takes at most so many bytes in UTF-8: most texts are short enough without being encoded. */
const UNIT_BYTES = 3;

/** Short, of ASCII, nothing encoded, no part of dots alone: most paths are, and those of a snapshot are thousands. */
const PLAIN = /^(?!\.)[\w.+@=, ()-]+(?:\/(?!\.)[\w.+@=, ()-]+)*$/;
const PLAIN_LENGTH = 255;
const TOO_LONG = `Use a path of at most ${LIMITS.pathBytes} bytes.`;

/** Why `path` is no path inside a project, as a sentence, or null when it is one. */
export function projectPathError(path: string): string | null {
  if (path.length <= PLAIN_LENGTH && PLAIN.test(path)) return null;
  if (path === '') return 'Give a path inside the project.';
  if (isLonger(path, LIMITS.pathBytes)) return TOO_LONG;
  // A path may reach us encoded once more than it was decoded: each reading of it has to stay inside.
  let reading = path;
  for (let i = 0; i < 4; i++) {
    const error = readingError(reading);
    if (error) return error;
    const next = decodeLeniently(reading);
    if (next === reading) return null;
    reading = next;
  }
  return 'The path is encoded too many times. Give it as it is.';
}

function readingError(path: string): string | null {
  if (/[\u0000-\u001f\u007f]/.test(path)) return 'Use no control characters in a path.';
  if (path.includes('\\')) return 'Separate folders by /, not by a backslash.';
  if (path.startsWith('/')) return 'Give a path relative to the project, without a leading /.';
  for (const part of path.split('/')) {
    if (part === '') return 'The path has an empty part. Remove the extra /.';
    if (part === '.' || part === '..') return 'The path would leave the project. Remove the . and .. parts.';
    if (isLonger(part, 255)) return 'Use names of at most 255 bytes.';
  }
  return null;
}

function isLonger(text: string, bytes: number): boolean {
  return text.length * UNIT_BYTES > bytes && encoder.encode(text).length > bytes;
}

function decodeLeniently(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (run) => {
    try {
      return decodeURIComponent(run);
    } catch {
      return run;
    }
  });
}

/** A relative path with forward slashes that stays inside its project. */
export const ProjectPathSchema = z
  .string()
  .max(LIMITS.pathBytes, { error: TOO_LONG, abort: true })
  .superRefine((path, context) => {
    const message = projectPathError(path);
    if (message) context.addIssue({ code: 'custom', message });
  });
