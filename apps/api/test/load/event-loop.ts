import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';

/** How often the loop is looked at: an idle one comes this late, or a little later. */
const RESOLUTION_MS = 10;
const IDLE_MS = 300;
const TRIES = 3;

/** The longest time in ms that nothing else could run in this process, which is the API's here, during the work. */
async function longestHold(work: () => Promise<unknown>): Promise<number> {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  await sleep(2 * RESOLUTION_MS);
  delay.reset();
  await work();
  await sleep(2 * RESOLUTION_MS);
  delay.disable();
  return delay.max / 1e6;
}

/**
 * How many times longer the work holds the event loop than nothing at all does. The least of a few tries, each with work
 * of its own: what else the computer does holds the loop now and then, what the work does holds it each time.
 */
export async function timesIdle(work: () => Promise<() => Promise<unknown>>): Promise<number> {
  let least = Infinity;
  for (let i = 0; i < TRIES; i++) {
    const ready = await work();
    const idle = await longestHold(() => sleep(IDLE_MS));
    least = Math.min(least, (await longestHold(ready)) / idle);
  }
  return least;
}

/** How many times longer `slow` takes than `fast`: medians of pairs, so that both meet the same computer. */
export async function timesLonger(
  fast: () => Promise<unknown>,
  slow: () => Promise<unknown>,
  pairs: number,
): Promise<number> {
  const times: [number[], number[]] = [[], []];
  for (let i = 0; i < pairs; i++) {
    times[0].push(await timed(fast));
    times[1].push(await timed(slow));
  }
  return median(times[1]) / median(times[0]);
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
