import type { RunView } from '@mle/protocol';
import { bestOf, commonMetricNames, lastOf, metricNames } from './main-metric';

const summary = { last: 2, min: 1, max: 3, step: 10 };
const runWith = (...names: string[]) =>
  ({ metrics: Object.fromEntries(names.map((name) => [name, summary])), finals: {} }) as unknown as RunView;

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

  it('is none that few runs have', () => {
    const runs = [runWith('loss'), runWith('loss', 'val_loss'), runWith('loss', 'val_loss', 'odd')];
    expect(commonMetricNames(runs)).toEqual(['loss', 'val_loss']);
    expect(commonMetricNames([])).toEqual([]);
  });

  it('may be one that was told once, about the whole run', () => {
    const run = { ...runWith('loss'), finals: { 'Test accuracy': 0.91, loss: 0.5, gap: null } };
    expect(metricNames([run])).toEqual(['loss', 'Test accuracy', 'gap']);
    expect(['loss', 'Test accuracy', 'gap', 'other'].map((name) => lastOf(run, name))).toEqual([
      2,
      0.91,
      null,
      undefined,
    ]);
  });
});
