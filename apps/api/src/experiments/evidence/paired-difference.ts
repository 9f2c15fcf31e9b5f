import { chanceOf, tWithin } from './student-t.js';

const SHARE = 0.95;
/** Differences that are the same but for the last digits of the arithmetic. */
const ROUNDING = 1e-12;

/** The mean of differences, seed by seed. */
export interface PairedDifference {
  n: number;
  mean: number;
  /** Of the mean, at 95 %; null with one seed. The point itself where all differences are the same. */
  interval: [number, number] | null;
  /** How likely a mean as far from zero is by chance; null with one seed. */
  chance: number | null;
}

/** Each pair is the numbers of one seed: before and after the change. Null without any. */
export function pairedDifference(pairs: readonly (readonly [number, number])[]): PairedDifference | null {
  const n = pairs.length;
  if (n === 0) return null;
  const differences = pairs.map(([before, after]) => after - before);
  const mean = meanOf(differences);
  if (n === 1) return { n, mean, interval: null, chance: null };
  const spread = Math.sqrt(differences.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1));
  const size = Math.max(...pairs.flat().map(Math.abs));
  if (spread <= size * ROUNDING) {
    const point = Math.abs(mean) <= size * ROUNDING ? 0 : mean;
    return { n, mean: point, interval: [point, point], chance: point === 0 ? 1 : 0 };
  }
  const error = spread / Math.sqrt(n);
  const half = tWithin(SHARE, n - 1) * error;
  return { n, mean, interval: [mean - half, mean + half], chance: chanceOf(mean / error, n - 1) };
}

export const excludesZero = (interval: readonly [number, number] | null): boolean =>
  interval !== null && (interval[0] > 0 || interval[1] < 0);

/** NaN without any. */
export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
