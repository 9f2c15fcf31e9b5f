import { percentile } from './numbers.mjs';

/**
 * Prints the figures of a bench as a table, each with its aim and whether it was met.
 * @param {{ what: string, baseline: string, product: string, figure: string, aim: string, met: boolean }[]} rows
 */
export function report(rows) {
  const head = {
    what: 'measured',
    baseline: 'baseline',
    product: 'product',
    figure: 'figure',
    aim: 'aim',
    verdict: 'verdict',
  };
  const lines = [head, ...rows.map(({ met, ...row }) => ({ ...row, verdict: met ? 'met' : 'SHORT' }))];
  const columns = /** @type {(keyof typeof head)[]} */ (Object.keys(head));
  const widths = columns.map((column) => Math.max(...lines.map((line) => line[column].length)));
  const print = (line) => console.log(`| ${columns.map((column, i) => line[column].padEnd(widths[i])).join(' | ')} |`);
  print(head);
  console.log(`|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`);
  lines.slice(1).forEach(print);
}

/** A row of a ratio that shall be small. */
export function atMost(what, baseline, product, ratio, aim) {
  return { what, baseline, product, figure: `${ratio.toFixed(2)}×`, aim: `≤ ${aim}×`, met: ratio <= aim };
}

/** A row of a ratio that shall be large. */
export function atLeast(what, baseline, product, ratio, aim) {
  return { what, baseline, product, figure: `${ratio.toFixed(2)}×`, aim: `≥ ${aim}×`, met: ratio >= aim };
}

/** The median, with the least and the greatest of several measurements. */
export function spread(values, unit) {
  return `${percentile(values, 0.5).toFixed(1)} (${Math.min(...values).toFixed(1)}–${Math.max(...values).toFixed(1)}) ${unit}`;
}
