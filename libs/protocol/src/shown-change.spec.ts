import { shownChange, shownValue } from './shown-change.js';

const text = (change: Parameters<typeof shownChange>[0]): string => {
  const { name, was, now } = shownChange(change);
  return was === null ? `${name} ${now}` : `${name} ${was} → ${now}`;
};

it('shows a value as it was and as it is', () => {
  expect(text({ kind: 'knob', name: 'lr', from: 0.5, to: 1.6 })).toBe('lr 0.5 → 1.6');
  expect(text({ kind: 'param', name: 'lr', from: -1e-7, to: true })).toBe('lr −1e−7 → true');
  expect(text({ kind: 'args', name: 'arguments', from: 'a-b', to: null })).toBe('arguments a-b → not set');
});

it('shows the lines of code', () => {
  const code = { kind: 'code', name: 'network.py', from: null, to: null } as const;
  expect(text({ ...code, added: 12, removed: 3 })).toBe('code network.py +12 −3');
  expect(text({ ...code, added: 0, removed: 3 })).toBe('code network.py −3');
  expect(text(code)).toBe('code network.py changed');
  expect(text({ ...code, name: 'code' })).toBe('code changed');
});

it.each([
  [0.1 + 0.2, '0.3'],
  [0.123456, '0.123456'],
  [-1e-7, '−1e−7'],
  [1e30, '1e30'],
  [2 ** 53 - 1, '9007199254740991'],
])('shows the value %p as %s', (value, text) => expect(shownValue(value)).toBe(text));
