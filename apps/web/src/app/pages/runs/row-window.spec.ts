import { drawn, RowWindow } from './row-window';

const words = (...args: Parameters<typeof drawn>) =>
  drawn(...args)
    .map((part) => ('gap' in part ? `(${part.gap})` : String(part.row)))
    .join(' ');

it.each<[Parameters<typeof drawn>, string]>([
  [[3, { from: 0, to: 3 }, -1], '0 1 2'],
  [[9, { from: 3, to: 6 }, -1], '(3) 3 4 5 (3)'],
  [[9, { from: 3, to: 6 }, 4], '(3) 3 4 5 (3)'],
  [[9, { from: 3, to: 6 }, 1], '(1) 1 (1) 3 4 5 (3)'],
  [[9, { from: 3, to: 6 }, 2], '(2) 2 3 4 5 (3)'],
  [[9, { from: 3, to: 6 }, 8], '(3) 3 4 5 (2) 8'],
  [[0, { from: 0, to: 0 }, -1], ''],
])('%j is drawn as %s', (args, expected) => expect(words(...args)).toBe(expected));

describe('the window', () => {
  const of = (scrolled: number, room: number, height: number, count: number) => {
    const window = new RowWindow();
    window.measure(scrolled, room, height);
    return window.range(count);
  };

  it('holds all rows in sight wherever a long list is scrolled, and not many more', () => {
    for (const height of [36, 44, 86.4])
      for (let row = 0; row < 10_000; row += 7.3) {
        const { from, to } = of(row * height, 900, height, 10_000);
        expect(from).toBeLessThanOrEqual(row);
        expect(to).toBeGreaterThanOrEqual(Math.min(10_000, row + 900 / height));
        expect(to - from).toBeLessThan(900 / height + 30);
      }
  });

  it('holds the last rows of a list that became shorter than it is scrolled', () => {
    expect(of(36 * 5_000, 360, 36, 100)).toEqual({ from: 76, to: 100 });
    expect(of(36 * 5_000, 360, 36, 5)).toEqual({ from: 0, to: 5 });
  });

  it('scrolls as little as brings a row into sight', () => {
    const window = new RowWindow();
    window.measure(0, 200, 20);
    expect(window.scrollTo(3, 0, 200)).toBe(0);
    expect(window.scrollTo(10, 0, 200)).toBe(20);
    expect(window.scrollTo(2, 100, 200)).toBe(40);
    expect(window.scrollTo(9_999, 100, 200)).toBe(199_800);
  });

  it('says which row is the first in sight', () => {
    const window = new RowWindow();
    window.measure(0, 200, 20);
    expect(window.at(50)).toEqual({ row: 2, over: 10 });
    expect(window.topOf(2)).toBe(40);
  });
});
