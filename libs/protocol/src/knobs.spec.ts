import { shownChange, shownValue } from './knobs.js';

it.each([
  [0.5, '0.5'],
  [-1e-7, '−1e−7'],
  [true, 'true'],
  ['a-b', 'a-b'],
  [null, 'not set'],
])('shows %j', (value, text) => {
  expect(shownValue(value)).toBe(text);
});

it('shows changes', () => {
  expect(shownChange({ kind: 'knob', name: 'lr', from: 0.5, to: 1.6 })).toBe('lr 0.5 → 1.6');
  const code = { kind: 'code', name: 'network.py', from: null, to: null } as const;
  expect(shownChange({ ...code, added: 12, removed: 3 })).toBe('code network.py +12 −3');
  expect(shownChange({ ...code, added: 0, removed: 3 })).toBe('code network.py −3');
  expect(shownChange(code)).toBe('code network.py');
});
