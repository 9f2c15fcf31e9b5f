import type { RunChange, RunView } from '@mle/protocol';
import { honestLine, judgedBy } from './honest-line';

const summary = (last: number | null) => ({ last, min: last, max: last, step: 40 });
const told = (number: number, values: Record<string, number | null>, ...changes: RunChange[]) => ({
  number,
  file: 'train.py',
  changes,
  finals: {} as RunView['finals'],
  metrics: Object.fromEntries(Object.entries(values).map(([name, last]) => [name, summary(last)])),
});
const RATE: RunChange = { kind: 'knob', name: 'learning_rate', from: 0.05, to: 0.5 };
const CODE: RunChange = { kind: 'code', name: 'net.py', from: null, to: null, added: 1, removed: 0 };
const SEED: RunChange = { kind: 'seed', name: 'seed', from: 0, to: 1 };
const BEFORE = told(1, { loss: 0.3, val_loss: 0.329 });
const NOW = { loss: 0.17, val_loss: 0.1384 };

it('judges by what is held out, and by nothing of which no way is better', () => {
  expect(judgedBy(told(1, { lr: 0.1, accuracy: 0.9, loss: 0.2, val_loss: 0.3 }))).toBe('val_loss');
  expect(judgedBy(told(1, { lr: 0.1, accuracy: 0.9 }))).toBe('accuracy');
  expect(judgedBy(told(1, { lr: 0.1 }))).toBeNull();
});

describe('honestLine', () => {
  it('gives both values and the one thing that differs, as chance until there are more seeds', () => {
    expect(honestLine(told(2, NOW, RATE), BEFORE)).toEqual({
      values: 'val_loss 0.1384, #1 had 0.329',
      differs: 'learning_rate 0.05 → 0.5, nothing else differs. One seed each: it may be chance.',
      wantsSeeds: true,
    });
  });

  it('claims nothing where several things differ, nothing does, or only the seed', () => {
    expect(honestLine(told(2, NOW, RATE, CODE), BEFORE)).toMatchObject({
      differs: 'Differs in 2 things (learning_rate, net.py): their effects cannot be told apart.',
      wantsSeeds: false,
    });
    expect(honestLine(told(2, NOW), BEFORE)?.differs).toBe('Nothing differs from #1.');
    expect(honestLine(told(2, NOW, SEED), BEFORE)?.differs).toBe('Only the seed differs: the difference is chance.');
  });

  it('gives the own value alone where there is none to compare with', () => {
    expect(honestLine(told(1, NOW), null)).toMatchObject({ values: 'val_loss 0.1384', wantsSeeds: false });
    expect(honestLine(told(2, NOW, RATE), told(1, {}))).toMatchObject({ values: 'val_loss 0.1384', wantsSeeds: false });
    expect(honestLine(told(2, { loss: null }, RATE), told(1, { loss: 2 }))?.values).toBe('loss nan, #1 had 2');
    expect(honestLine(told(2, {}, RATE), BEFORE)).toBeNull();
  });
});
