import { corpus } from './corpus/corpus.js';
import type { CorpusCase, ExpectedSeries } from './corpus/corpus-case.js';
import { OutputReader } from './output-reader.js';

interface Outcome {
  right: string[];
  missed: string[];
  wrong: string[];
}

function outcomeOf({ output, series: expected, finals: expectedFinals = {} }: CorpusCase): Outcome {
  const reader = new OutputReader();
  reader.push(Buffer.from(output), 0, 1);
  reader.end();
  const points = new Map(reader.take().map((series) => [series.name, series]));
  const outcome: Outcome = { right: [], missed: [], wrong: [] };
  for (const { name, axis, count } of reader.series) {
    const { x = [], y = [] } = points.get(name) ?? {};
    const found: ExpectedSeries = [
      axis,
      count,
      [x[0] ?? Number.NaN, y[0] ?? Number.NaN],
      [x.at(-1) ?? Number.NaN, y.at(-1) ?? Number.NaN],
    ];
    const wanted = expected[name];
    if (wanted && same(wanted, found)) outcome.right.push(name);
    else outcome.wrong.push(`${name}: ${show(found)}${wanted ? ` instead of ${show(wanted)}` : ''}`);
  }
  for (const name of Object.keys(expected))
    if (!reader.series.some((series) => series.name === name)) outcome.missed.push(name);
  for (const [name, value] of Object.entries(reader.finals)) {
    if (Object.is(expectedFinals[name], value)) outcome.right.push(`final ${name}`);
    else outcome.wrong.push(`final ${name}: ${value} instead of ${expectedFinals[name]}`);
  }
  for (const name of Object.keys(expectedFinals)) if (!(name in reader.finals)) outcome.missed.push(`final ${name}`);
  return outcome;
}

const show = (series: ExpectedSeries): string => JSON.stringify(series);
const near = (a: number, b: number): boolean => Object.is(a, b) || Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a));

function same(wanted: ExpectedSeries, found: ExpectedSeries): boolean {
  const [axis, count, first, last] = wanted;
  return (
    axis === found[0] &&
    count === found[1] &&
    near(first[0], found[2][0]) &&
    near(first[1], found[2][1]) &&
    near(last[0], found[3][0]) &&
    near(last[1], found[3][1])
  );
}

describe('the corpus of training logs', () => {
  const total = { right: 0, missed: 0, wrong: 0 };

  it.each(corpus.map((one) => [one.style, one] as const))('%s', (_, one) => {
    const { right, missed, wrong } = outcomeOf(one);
    total.right += right.length;
    total.missed += missed.length;
    total.wrong += wrong.length;
    expect({ missed, wrong }).toEqual({ missed: [], wrong: [] });
  });

  it('is read without a miss and without a false find', () => {
    process.stdout.write(
      `corpus of training logs: ${total.right} right, ${total.missed} missed, ${total.wrong} false in ${corpus.length} outputs\n`,
    );
    expect(total).toMatchObject({ missed: 0, wrong: 0 });
    expect(total.right).toBeGreaterThan(200);
  });
});
