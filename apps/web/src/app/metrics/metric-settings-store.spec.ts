import { NO_METRIC_RULES } from '@mle/protocol';
import { chosenDirection, rulesOf } from './metric-settings-store';

describe('what a project changes in its metrics', () => {
  const settings = {
    ...NO_METRIC_RULES,
    renamed: { far: 'best_val_loss' },
    direction: { far: 'lower', gap: 'higher' },
    rereading: { done: 1, total: 2, state: 'reading' },
  } as const;

  it('tells which way is better by the name that is shown', () => {
    expect(['best_val_loss', 'gap', 'loss'].map((name) => chosenDirection(settings, name))).toEqual([
      'lower',
      'higher',
      undefined,
    ]);
  });

  it('is sent without what the server says beside it', () => {
    expect(Object.keys(rulesOf(settings))).toEqual(Object.keys(NO_METRIC_RULES).sort((a, b) => order(a) - order(b)));
  });
});

const order = (key: string): number => ['hidden', 'renamed', 'axis', 'direction', 'patterns'].indexOf(key);
