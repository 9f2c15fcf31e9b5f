import type { MetricAxis } from '@mle/protocol';

/** What a series has to be: its axis, how many points, the first and the last. */
export type ExpectedSeries = [
  axis: MetricAxis,
  count: number,
  first: [x: number, y: number],
  last: [x: number, y: number],
];

/** The output of one program, in the true form of its library, and what is to be read of it. */
export interface CorpusCase {
  style: string;
  /** Where the form was read. */
  form: string;
  output: string;
  /** All series; one that is not named here is a false find. */
  series: Record<string, ExpectedSeries>;
  finals?: Record<string, number>;
}

export const lines = (...parts: string[]): string => `${parts.join('\n')}\n`;

/** The lines that a loop prints. */
export const loop = (from: number, to: number, line: (i: number) => string, stride = 1): string => {
  const printed: string[] = [];
  for (let i = from; i <= to; i += stride) printed.push(line(i));
  return printed.join('\n');
};
