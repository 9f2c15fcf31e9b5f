import { lineOfPoint } from './line-of-point';

const printed = (...texts: [time: number, text: string][]) => ({
  lineCount: texts.length,
  timeOf: (index: number) => texts[index]?.[0] ?? 0,
  visibleText: (index: number) => texts[index]?.[1] ?? '',
});

const LINES = printed(
  [0, 'begins'],
  [1_000, 'epoch 1 loss=0.5 val_loss=0.6'],
  [5_000, 'epoch 2 loss=0.4 val_loss=0.5'],
  [9_000, 'epoch 3 loss=0.4 val_loss=0.45'],
  [13_000, 'epoch 4 loss=1e-3 val_loss=-0.45'],
);

describe('lineOfPoint', () => {
  it('finds the line with the value, and with the step where several have it', () => {
    expect(lineOfPoint(LINES, { x: 1, y: 0.5, time: 1_000 })).toBe(1);
    expect(lineOfPoint(LINES, { x: 2, y: 0.4, time: 9_000 })).toBe(2);
    expect(lineOfPoint(LINES, { x: 3, y: 0.4, time: 9_000 })).toBe(3);
    expect(lineOfPoint(LINES, { x: 4, y: 0.001, time: 13_000 })).toBe(4);
  });

  it('takes the latest line of about that time where the step is not printed', () => {
    expect(lineOfPoint(LINES, { x: 700, y: 0.4, time: 9_100 })).toBe(3);
  });

  it('finds none where no line has the value', () => {
    expect(lineOfPoint(LINES, { x: 1, y: 7, time: 1_000 })).toBeNull();
    expect(lineOfPoint(printed(), { x: 1, y: 7, time: 1_000 })).toBeNull();
  });
});
