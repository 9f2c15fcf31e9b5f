import type { RunView } from '@mle/protocol';

type Summary = RunView['metrics'][string];

/** Metrics of which less is better, by the words of their names. */
const LESS = /(^|[_\W])(loss|err|error|mse|mae|rmse|nll|ppl|perplexity|cost|wer|cer)($|[_\W\d])/i;

export const lessIsBetter = (name: string): boolean => LESS.test(name);

/** The best value so far: the least of a loss, the greatest of anything else. */
export const bestOf = (name: string, summary: Summary): number | null =>
  lessIsBetter(name) ? summary.min : summary.max;

/** The names of the metrics of `runs`, those of the most runs first. */
export function metricNames(runs: readonly RunView[]): string[] {
  const counts = new Map<string, number>();
  for (const run of runs) for (const name of Object.keys(run.metrics)) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]).map(([name]) => name);
}

/** Four significant digits, as a table shows a metric. */
export function metricText(value: number | null | undefined): string {
  if (value === null || value === undefined) return '–';
  const size = Math.abs(value);
  const text = size !== 0 && (size < 1e-4 || size >= 1e6) ? value.toExponential(2) : value.toPrecision(4);
  return text.replace('-', '−');
}
