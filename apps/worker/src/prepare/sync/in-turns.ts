import { setImmediate as nextTurn } from 'node:timers/promises';

/** Output and heartbeats wait at most about so long behind the small file operations of a sync. */
const TURN_MS = 4;

/**
 * Does short synchronous work for each item and gives way to everything else in between. A call to the file system
 * costs a few microseconds; its asynchronous form costs ten times that, which counts with thousands of files.
 */
export async function inTurns<T>(items: Iterable<T>, work: (item: T) => void): Promise<void> {
  let until = performance.now() + TURN_MS;
  for (const item of items) {
    work(item);
    if (performance.now() < until) continue;
    await nextTurn();
    until = performance.now() + TURN_MS;
  }
}
