import type { RunView } from '@mle/protocol';
import { bestOf, lessIsBetter, metricNames, metricText } from './main-metric';

const summary = { last: 2, min: 1, max: 3, step: 10 };
const runWith = (...names: string[]) =>
  ({ metrics: Object.fromEntries(names.map((name) => [name, summary])) }) as unknown as RunView;

describe('the main metric of a list', () => {
  it.each([
    ['loss', true],
    ['val_loss', true],
    ['test/error', true],
    ['RMSE', true],
    ['accuracy', false],
    ['glossary', false],
    ['f1', false],
  ])('less of %s is better: %s', (name, less) => {
    expect(lessIsBetter(name)).toBe(less);
    expect(bestOf(name, summary)).toBe(less ? 1 : 3);
  });

  it('is the one that most runs have', () => {
    expect(metricNames([runWith('a'), runWith('loss', 'a'), runWith('loss'), runWith('loss')])).toEqual(['loss', 'a']);
    expect(metricNames([])).toEqual([]);
  });

  it.each([
    [0.97634, '0.9763'],
    [-1.5, '−1.500'],
    [0, '0.000'],
    [3.2e-7, '3.20e−7'],
    [1234567, '1.23e+6'],
    [null, '–'],
  ] as const)('shows %s as %s', (value, text) => expect(metricText(value)).toBe(text));
});
