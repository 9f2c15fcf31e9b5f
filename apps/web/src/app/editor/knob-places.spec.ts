import { EditorState } from '@codemirror/state';
import { knobPlaces, literalValue, otherValue } from './knob-places';

it.each([
  ['1_000', 'integer', 1000],
  ['-5e-4', 'number', -0.0005],
  ['', 'number', null],
  ['n', 'integer', null],
  ['True', 'boolean', true],
  ['"tanh"', 'choice', 'tanh'],
  ["'it'", 'text', 'it'],
  ['"a\\n"', 'text', null],
  ['tanh', 'text', null],
] as const)('the literal %s of a %s is %s', (literal, kind, value) => {
  expect(literalValue(literal, kind)).toBe(value);
});

it('another value is that of the newest run that had one', () => {
  const rate = { name: 'rate', kind: 'number', scale: 'log', from: 7, to: 10 } as const;
  const after = (values: readonly number[], text = 'rate = 0.5') => {
    const runs = values.map((value, i) => ({ number: values.length - i, knobs: { rate: value } }));
    const state = EditorState.create({ doc: text, extensions: knobPlaces.init(() => ({ knobs: [rate], runs })) });
    return otherValue(state, rate);
  };
  expect(after([])).toBeNull();
  expect(after([0.5, 0.5])).toBeNull();
  expect(after([0.05, 0.5])).toEqual({ number: 2, value: 0.05, last: true });
  expect(after([0.5, 0.05])).toEqual({ number: 1, value: 0.05, last: false });
  expect(after([0.05], 'rate = abc')).toBeNull();
});
