import { metricWords, shownNumber } from '@mle/protocol';

/** Shares of what was right, which people tell in points of a hundred. */
const SHARES = new Set(['acc', 'accs', 'accuracy', 'accuracies']);
const MOST_DECIMALS = 6;

/** How differences of a metric are told. */
export interface DifferenceStyle {
  factor: number;
  unit: '' | ' points';
}

/** `values`: numbers of the metric, which tell whether a share is of one or of a hundred. */
export function differenceStyle(metric: string, values: readonly number[]): DifferenceStyle {
  if (!metricWords(metric).some((word) => SHARES.has(word)) || values.some((value) => value < 0 || value > 100))
    return { factor: 1, unit: '' };
  return { factor: values.every((value) => value <= 1) ? 100 : 1, unit: ' points' };
}

/** "−8.3 ± 6.5 points". ± is the half of the interval, of which two digits are told; the difference has as many decimals. */
export function shownDifference(
  difference: number,
  interval: readonly [number, number] | null,
  { factor, unit }: DifferenceStyle,
): string {
  const half = interval === null ? null : ((interval[1] - interval[0]) / 2) * factor;
  const told = difference * factor;
  const decimals = decimalsFor(half !== null && half > 0 ? half : told);
  const sign = told > 0 ? '+' : told < 0 ? '−' : '';
  const range = half === null ? '' : ` ± ${shown(half, decimals)}`;
  return `${sign}${shown(Math.abs(told), decimals)}${range}${unit}`;
}

/** Null: it is too small or too large to be written out. */
function decimalsFor(measure: number): number | null {
  if (measure === 0) return 0;
  const decimals = 1 - Math.floor(Math.log10(Math.abs(measure)));
  return decimals > MOST_DECIMALS || decimals < -MOST_DECIMALS ? null : Math.max(0, decimals);
}

function shown(value: number, decimals: number | null): string {
  if (value === 0) return '0';
  return decimals === null ? shownNumber(value, 2) : value.toFixed(decimals);
}
