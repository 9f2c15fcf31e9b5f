import { shownNumber } from '@mle/protocol/shown-number';
import { csvOf } from './chart-csv';
import { type ChartLine, description, lonePoints, rowsOf, short, smooth, sorted, unitOf, valueAt } from './chart-data';

describe('the rows of a chart', () => {
  it('lay lines with other places side by side', () => {
    const rows = rowsOf([
      { x: [1, 3], y: [10, 30] },
      { x: [2, 3], y: [null, 33] },
    ]);
    expect(rows.x).toEqual([1, 2, 3]);
    expect(rows.columns).toEqual([
      [10, undefined, 30],
      [undefined, null, 33],
    ]);
  });

  it('keep all values of one place', () => {
    const rows = rowsOf([
      { x: [1, 1, 1, 2], y: [5, 9, 1, 2] },
      { x: [1, 2], y: [7, 8] },
    ]);
    expect(rows.x).toEqual([1, 1, 1, 2]);
    expect(rows.columns).toEqual([
      [5, 9, 1, 2],
      [7, undefined, undefined, 8],
    ]);
  });

  it('are in the order of their places', () => {
    expect(sorted({ x: [3, 1, 1], y: [30, 10, 11] })).toEqual({ x: [1, 1, 3], y: [10, 11, 30] });
  });
});

describe('smoothing', () => {
  it('begins at the first value, keeps gaps, and changes nothing at 0', () => {
    expect(smooth([4, null, 4], 0.9)).toEqual([4, null, expect.closeTo(4)]);
    expect(smooth([0, 1], 0.5)[1]).toBeCloseTo(2 / 3);
    expect(smooth([1, 5], 0)).toEqual([1, 5]);
  });
});

describe('values between gaps', () => {
  it('are dots where no line goes to them', () => {
    expect(lonePoints([1, null, 2, null, 3, 4, null, undefined, 5])).toEqual([0, 2, 8]);
    expect(lonePoints([1, undefined, 2])).toEqual([]);
    expect(lonePoints([null, undefined, 7, undefined, null])).toEqual([2]);
    expect(lonePoints([])).toEqual([]);
  });
});

describe('the unit of an axis', () => {
  it.each([
    [[[0.1, null, 3e5]], 1],
    [[[0, null], []], 1],
    [[[1, 2], [-2.5e30]], 1e30],
    [[[1.7e308, -1.7e308]], 1e308],
    [[[3e-20, 0]], 1e-20],
    [[[5e-324]], 1e-300],
  ])('of %p is %p', (columns, unit) => expect(unitOf(columns) / unit).toBeCloseTo(1));
});

describe('the value at the cursor', () => {
  it('is that of the point before it', () => {
    const [x, y] = [
      [1, 2, 4],
      [10, 20, 40],
    ];
    expect([0, 1, 3, 4, 9].map((place) => valueAt(x, y, place))).toEqual([null, 10, 20, 40, 40]);
  });
});

describe('a chart as CSV', () => {
  const line = (label: string, x: number[], y: (number | null)[]): ChartLine => ({
    id: label,
    label,
    slot: 0,
    x,
    y,
    live: false,
  });

  it('has a column for each line, and a name with a comma in quotes', () => {
    expect(csvOf('step', [line('#1', [1, 2], [0.5, null]), line('lab, "gpu"', [2, 3], [1.25, -3])])).toBe(
      'step,#1,"lab, ""gpu"""\n1,0.5,\n2,nan,1.25\n3,,-3\n',
    );
  });
});

describe('numbers of an axis', () => {
  it.each([
    [12_000, '12k'],
    [2_500_000, '2.5M'],
    [0.1 + 0.2, '0.3'],
    [-4, '\u22124'],
    [1500, '1500'],
    [1e30, '1e30'],
    [-2.5e30, '−2.5e30'],
    [9.99e14, '999000G'],
    [3e-7, '3e−7'],
    [1e308, '1e308'],
  ])('%p is %s', (value, text) => expect(short(value)).toBe(text));
});

describe('the sentence of a chart', () => {
  const line = (label: string, y: (number | null)[]): ChartLine => ({
    id: label,
    label,
    slot: 0,
    x: y.map((_, i) => i + 1),
    y,
    live: false,
  });

  it('says where each line is and was', () => {
    expect(description('loss', 'epoch', [line('#1', [3, 1, 2]), line('#2', [])], shownNumber)).toBe(
      'loss by epoch. #1 2 at epoch 3, from 1 to 3.',
    );
    expect(description('loss', 'epoch', [], shownNumber)).toBe('loss: no points yet.');
  });
});
