import { LINE_PX, movedBy } from './wrapped-scroll';

const heights = [18, 54, 18, 180, 18];
const heightOf = (line: number) => heights[line] ?? null;
const line = (index: number, part = 0) => (index + part) * LINE_PX;

describe('movedBy', () => {
  it('goes through a tall line in pixels, not in lines', () => {
    expect(movedBy(line(0), 18, heightOf)).toBe(line(1));
    expect(movedBy(line(1), 27, heightOf)).toBeCloseTo(line(1, 0.5));
    expect(movedBy(line(1, 0.5), 27, heightOf)).toBeCloseTo(line(2));
    expect(movedBy(line(3), 90, heightOf)).toBeCloseTo(line(3, 0.5));
  });

  it('goes back the same way', () => {
    for (const delta of [5, 18, 40, 100, 200])
      expect(movedBy(movedBy(line(0), delta, heightOf), -delta, heightOf)).toBeCloseTo(0);
    expect(movedBy(line(4), -18 - 180, heightOf)).toBeCloseTo(line(2));
  });

  it('stays at the beginning, and counts lines that are not drawn as plain ones', () => {
    expect(movedBy(line(1), -1000, heightOf)).toBe(0);
    expect(movedBy(line(10), 36, heightOf)).toBe(line(12));
  });
});
