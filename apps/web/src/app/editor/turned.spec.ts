import { turned, turnsBetween } from './turned';

const rate = { kind: 'number', scale: 'log' } as const;
const count = { kind: 'integer', scale: 'two' } as const;
const part = { kind: 'number', scale: 'linear' } as const;

describe('turned', () => {
  it('turns rates in equal ratios', () => {
    expect([1, 2, -1, -2].map((steps) => turned('0.5', rate, steps))).toEqual(['1.6', '5.0', '0.16', '0.05']);
    for (const value of ['0.1', '0.5', '0.003', '20.0']) expect(turned(turned(value, rate, 1), rate, -1)).toBe(value);
    expect(turned('1e-4', rate, -2)).toBe('0.00001');
    expect(turned('-0.1', rate, 1)).toBe('-0.32');
  });

  it('doubles counts, which stay whole and above 0', () => {
    expect([1, 3, -1, -9].map((steps) => turned('32', count, steps))).toEqual(['64', '256', '16', '1']);
    expect(turned('1_000', count, 1)).toBe('2000');
    expect(turned('0', { kind: 'integer', scale: 'linear' }, -1)).toBe('-1');
  });

  it('turns all else by a tenth, ten times finer on request', () => {
    expect(turned('0.25', part, 1)).toBe('0.28');
    expect(turned('0.25', part, 1, true)).toBe('0.253');
    expect(turned('0.0', part, 1)).toBe('0.1');
    expect(turned('40', { kind: 'integer', scale: 'two' }, 1, true)).toBe('43');
    expect(turned('1', count, 1, true)).toBe('2');
  });

  it('leaves what is no number, and what was not turned', () => {
    expect(turned('lr', rate, 1)).toBe('lr');
    expect(turned('0.50', rate, 0)).toBe('0.50');
  });
});

it('counts the turns from one value to another', () => {
  expect(turnsBetween(0.5, 0.05, 'log')).toBeCloseTo(-2);
  expect(turnsBetween(8, 64, 'two')).toBeCloseTo(3);
  expect(turnsBetween(-2, -1, 'linear')).toBeCloseTo(5);
  expect(turnsBetween(0, 1, 'linear')).toBeNull();
  expect(turnsBetween(-1, 1, 'log')).toBeNull();
});
