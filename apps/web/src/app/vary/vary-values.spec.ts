import type { Knob } from '@mle/protocol';
import { offerWords, typedLimit, typedValue, valuesInOrder } from './vary-values';

const knob = (kind: Knob['kind'], value: Knob['value']): Knob => ({
  name: 'k',
  kind,
  value,
  line: 1,
  how: 'constant',
  suggest: [value],
  scale: 'log',
  from: 0,
  to: 1,
});

it('reads typed values by the kind of the knob', () => {
  expect(typedValue(' 1e-3 ', knob('number', 1))).toBe(0.001);
  expect(typedValue('−2', knob('number', 1))).toBe(-2);
  expect(typedValue('2.5', knob('integer', 1))).toBeNull();
  expect(typedValue('gelu', knob('choice', 'relu'))).toBe('gelu');
  expect(typedValue('True', knob('boolean', false))).toBe(true);
  for (const none of ['', 'x', 'Infinity']) expect(typedValue(none, knob('number', 1))).toBeNull();
});

it('reads typed limits: none where nothing is typed', () => {
  expect([' 30 ', '0.5', '', ' '].map(typedLimit)).toEqual([30, 0.5, undefined, undefined]);
  expect(['0', '-1', 'soon', 'Infinity'].map(typedLimit)).toEqual([null, null, null, null]);
});

it('has the value of the code first, the others by size', () => {
  expect(valuesInOrder(knob('number', 0.5), [5, 0.5, 0.05])).toEqual([0.5, 0.05, 5]);
  expect(valuesInOrder(knob('choice', 'relu'), ['tanh', 'gelu'])).toEqual(['relu', 'tanh', 'gelu']);
});

it('says how the offered values came to be', () => {
  expect(offerWords(knob('number', 0.5))).toContain('equal ratios');
  expect(offerWords({ ...knob('integer', 32), scale: 'two' })).toContain('doubling');
  expect(offerWords(knob('choice', 'relu'))).toBe('1 choice that the program names.');
});
