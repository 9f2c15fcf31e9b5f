import { setTimeout as delay } from 'node:timers/promises';

type NotYet = false | null | undefined;

/**
 * Looks until something is so or is there, and answers it; the error names it. The limit is there only for what never
 * comes: a computer with ten times as much to do is no failure.
 */
export async function until<T>(
  what: string,
  look: () => T | Promise<T>,
  milliseconds = 60_000,
  everyMs = 10,
): Promise<Exclude<T, NotYet>> {
  for (const deadline = Date.now() + milliseconds; ; await delay(everyMs)) {
    const found = await look();
    if (found !== false && found !== null && found !== undefined) return found as Exclude<T, NotYet>;
    if (Date.now() > deadline) throw new Error(`Not within ${milliseconds} ms: ${what}`);
  }
}
