import { type FileDiff, LIMITS } from '@mle/protocol';
import { type FileChange, textOf } from './describe-changes.js';
import { countLines } from './line-counts.js';

/** Characters of all texts of one answer, which stay far below what a page can hold. */
const MAX_CHARS = 8 * LIMITS.diffChars;

/** The changed files with their lines counted; their texts beside, as long as there is room for them. */
export function fileDiffs(files: readonly FileChange[], texts: ReadonlyMap<string, string>): FileDiff[] {
  let room = MAX_CHARS;
  return files.map(({ path, from, to }) => {
    const diff: FileDiff = { path, kind: from === null ? 'added' : to === null ? 'removed' : 'changed' };
    const [a, b] = [textOf(from, texts), textOf(to, texts)];
    if (a === null || b === null) return diff;
    const counted = { ...diff, ...countLines(a, b) };
    const size = a.length + b.length;
    if (Math.max(a.length, b.length) > LIMITS.diffChars || size > room) return counted;
    room -= size;
    return { ...counted, texts: { a: from === null ? null : a, b: to === null ? null : b } };
  });
}
