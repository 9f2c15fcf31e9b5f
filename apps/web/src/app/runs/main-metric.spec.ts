import type { RunView } from '@mle/protocol';
import { bestOf, metricNames } from './main-metric';

const summary = { last: 2, min: 1, max: 3, step: 10 };
const runWith = (...names: string[]) =>
  ({ metrics: Object.fromEntries(names.map((name) => [name, summary])) }) as unknown as RunView;

describe('the main metric of a list', () => {
  it.each(['loss', 'trainLoss', 'logloss', 'crossentropy', 'mape', 'bce', 'fid', 'RMSE'])(
    'has the least %s as its best',
    (name) => expect(bestOf(name, summary)).toBe(1),
  );

  it.each(['accuracy', 'f1', 'mAP'])('has the greatest %s as its best', (name) =>
    expect(bestOf(name, summary)).toBe(3),
  );

  it.each(['lr', 'glossary', 'seconds'])('has no best of %s', (name) => expect(bestOf(name, summary)).toBeNull());

  it('is the one that most runs have', () => {
    expect(metricNames([runWith('a'), runWith('loss', 'a'), runWith('loss'), runWith('loss')])).toEqual(['loss', 'a']);
    expect(metricNames([])).toEqual([]);
  });
});
