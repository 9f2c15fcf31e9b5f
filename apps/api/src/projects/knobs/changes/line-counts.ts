import { diffArrays } from 'diff';

export interface LineCounts {
  added: number;
  removed: number;
}

/** Steps of a comparison in all, whatever the texts are: a difference of d lines between n takes about n × d. */
const MAX_WORK = 20_000_000;
const MAX_DIFFERENCE = 2_000;

/** Lines that the second text has and the first has not, and the other way round. */
export function countLines(before: string, after: string): LineCounts {
  const [left, right] = withoutCommonEnds(linesOf(before), linesOf(after));
  const lines = left.length + right.length;
  const maxEditLength = Math.min(MAX_DIFFERENCE, Math.floor(MAX_WORK / (lines + 1)));
  const parts = diffArrays(left, right, { maxEditLength });
  if (parts === undefined) return countUnordered(left, right);
  const counts = { added: 0, removed: 0 };
  for (const { count, added, removed } of parts) {
    if (added) counts.added += count;
    if (removed) counts.removed += count;
  }
  return counts;
}

function linesOf(text: string): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

function withoutCommonEnds(left: string[], right: string[]): [string[], string[]] {
  const least = Math.min(left.length, right.length);
  let head = 0;
  while (head < least && left[head] === right[head]) head++;
  let tail = 0;
  while (tail < least - head && left.at(-1 - tail) === right.at(-1 - tail)) tail++;
  return [left.slice(head, left.length - tail), right.slice(head, right.length - tail)];
}

/** Where so much differs that their order is not compared: a line that only moved is not counted. */
function countUnordered(left: readonly string[], right: readonly string[]): LineCounts {
  const surplus = new Map<string, number>();
  for (const line of left) surplus.set(line, (surplus.get(line) ?? 0) - 1);
  for (const line of right) surplus.set(line, (surplus.get(line) ?? 0) + 1);
  const counts = { added: 0, removed: 0 };
  for (const count of surplus.values()) {
    if (count > 0) counts.added += count;
    else counts.removed -= count;
  }
  return counts;
}
