import { choiceOf, nextSort, paramsOf } from './runs-choice';

it.each([
  {},
  { text: 'lr', state: 'failed', machine: 'm', tag: 't', file: 'a.py' },
  { of: 'all', fold: 'no', sort: 'knobs.rate', group: 'rate', metric: 'val_loss' },
  { 'knob.rate': '0.5', 'knob.a.b': 'x' },
])('the address %j leads to the same list', (params) => expect(paramsOf(choiceOf(params))).toEqual(params));

it('a column turns round, and another begins in its own direction', () => {
  expect(nextSort('-createdAt', 'knobs.rate', '')).toBe('knobs.rate');
  expect(nextSort('knobs.rate', 'knobs.rate', '')).toBe('-knobs.rate');
  expect(nextSort('-knobs.rate', 'knobs.rate', '')).toBe('knobs.rate');
  expect(nextSort('knobs.rate', 'metrics.acc.best', '-')).toBe('-metrics.acc.best');
});
