import type { Knob } from '@mle/protocol';
import { centred } from './centred.js';

const knob = (more: Partial<Knob>): Knob => ({
  ...{ name: 'learning_rate', kind: 'number', value: 0.5, line: 1, how: 'constant', suggest: [0.5], scale: 'log' },
  ...{ from: 0, to: 3 },
  ...more,
});

it('offers values around another one, by the same rule', () =>
  expect(centred(knob({}), '5e-2')).toEqual(knob({ value: 0.05, suggest: [0.005, 0.016, 0.05, 0.16, 0.5] })));

it('keeps the choices, and adds what is none of them', () => {
  const activation = knob({ name: 'activation', kind: 'choice', value: 'tanh', suggest: ['tanh', 'relu'] });
  expect(centred(activation, 'relu')).toMatchObject({ value: 'relu', suggest: ['relu', 'tanh'] });
  expect(centred(activation, 'gelu')).toMatchObject({ value: 'gelu', suggest: ['gelu', 'tanh', 'relu'] });
});

it.each([
  [{ kind: 'integer' }, '1.5'],
  [{ kind: 'number' }, 'fast'],
  [{ kind: 'number' }, ''],
  [{ kind: 'boolean', value: true }, 'yes'],
  [{}, undefined],
  [{}, ['1', '2']],
] as const)('%j has no value %j', (more, text) => expect(centred(knob(more), text)).toEqual(knob(more)));
