import { costOf, reservedOf, startOfMonth } from './cost.js';

const HOUR = 3_600_000;
const price = { compute: 0.5, address: 0.005, disk: 0.01, worst: 0.6 };
const at = (hours: number): Date => new Date(hours * HOUR);

it('costs what ran, and its disk also while it is stopped', () => {
  const ran = [
    { from: at(0), to: at(2) },
    { from: at(10), to: null },
  ];
  expect(costOf({ price, ran, endedAt: null }, 0, 11 * HOUR)).toBeCloseTo(3 * 0.505 + 11 * 0.01);
  expect(costOf({ price, ran, endedAt: null }, 10.5 * HOUR, 11 * HOUR)).toBeCloseTo(0.5 * 0.515);
  expect(costOf({ price, ran: [], endedAt: null }, 0, 11 * HOUR)).toBe(0);
});

it('reserves the worst until its end', () => {
  expect(reservedOf({ price, endsAt: at(5), endedAt: null }, 2 * HOUR)).toBeCloseTo(1.8);
  expect(reservedOf({ price, endsAt: at(1), endedAt: null }, 2 * HOUR)).toBe(0);
  expect(reservedOf({ price, endsAt: at(5), endedAt: at(1) }, 2 * HOUR)).toBe(0);
});

it('counts months in UTC', () => {
  expect(startOfMonth(Date.parse('2026-11-29T05:00:00Z'))).toBe(Date.parse('2026-11-01T00:00:00Z'));
});
