import { cursorOf, inOrder, type Placed, placeOf } from './run-order.js';

const id = (n: number) => n.toString(16).padStart(24, '0');
const placed: Placed[] = [0.5, null, 10, 'tanh', true, -3, 0.5, 'relu'].map((value, n) => ({ id: id(n), value }));
const values = (runs: Placed[]) => runs.map(({ value }) => value);

it('numbers come before texts, the newest of equals first, and what has no value last in both directions', () => {
  const up = placed.toSorted(inOrder(false));
  expect(values(up)).toEqual([-3, 0.5, 0.5, 10, 'relu', 'tanh', true, null]);
  expect(up.slice(1, 3).map((run) => run.id)).toEqual([id(6), id(0)]);
  expect(values(placed.toSorted(inOrder(true)))).toEqual([true, 'tanh', 'relu', 10, 0.5, 0.5, -3, null]);
});

it.each([true, false])('a cursor holds the place of each run, also when the run itself is gone (%s)', (descending) => {
  const order = inOrder(descending);
  const sorted = placed.toSorted(order);
  for (const [at, run] of sorted.entries()) {
    const after = placeOf(cursorOf(run));
    const rest = sorted.filter((other) => other !== run).filter((other) => order(other, after) > 0);
    expect(rest).toEqual(sorted.slice(at + 1));
  }
});

it('a long text is compared by its beginning, so that its cursor is short', () => {
  const long = { id: id(1), value: 'é'.repeat(4096) };
  expect(cursorOf(long).length).toBeLessThanOrEqual(1200);
  expect(inOrder(false)(long, placeOf(cursorOf(long)))).toBe(0);
});

it.each([id(1), `${id(1)}~`, `${id(1)}~W10`, `${id(1)}~e30`])('refuses %s', (cursor) =>
  expect(() => placeOf(cursor)).toThrow('nextCursor'),
);
