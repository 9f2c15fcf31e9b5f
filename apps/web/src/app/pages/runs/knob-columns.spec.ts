import type { RunView } from '@mle/protocol';
import { hasKnob, knobColumns } from './knob-columns';

const run = (knobs: RunView['knobs'], params: RunView['params'] = {}) => ({ knobs, params }) as RunView;

it('columns are the knobs that differ, those with the most values first', () => {
  const runs = [
    run({ rate: 1, size: 4, same: 0 }),
    run({ rate: 2, size: 4, same: 0 }, { extra: 'x' }),
    run({ rate: 3, size: 8, same: 0 }),
  ];
  expect(knobColumns(runs)).toEqual(['rate', 'extra', 'size']);
});

it.each([
  ['rate', '5e-1', true],
  ['rate', '', false],
  ['name', 'tanh', true],
  ['batch', '32', true],
  ['__proto__', '', false],
])('%s is %s: %s', (name, text, is) =>
  expect(hasKnob(run({ rate: 0.5, name: 'tanh' }, { batch: 32 }), name, text)).toBe(is),
);
