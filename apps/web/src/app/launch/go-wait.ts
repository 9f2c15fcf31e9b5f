/** A run that is on a machine or waits for it, in the order in which they are served. */
interface Served {
  /** How long it takes in all, as far as earlier runs of its program tell. */
  expectedMs: number | null;
  /** How long it has run; null while it waits. */
  ranMs: number | null;
}

/** How long one more run would wait for a place of a machine; null where that is not known. */
export function waitForPlace(runs: readonly Served[], slots: number): number | null {
  const free = new Array<number>(slots).fill(0);
  for (const { expectedMs, ranMs } of runs) {
    if (expectedMs === null) return null;
    const first = free.indexOf(Math.min(...free));
    free[first] = (free[first] ?? 0) + Math.max(0, expectedMs - (ranMs ?? 0));
  }
  return Math.min(...free);
}
