import { leftOf, overBudget, overShare } from './within-budget.js';

const HOUR = 3_600_000;
const NOW = Date.parse('2026-11-15T00:00:00Z');
const budget = { instances: 2, dollarsPerHour: 1, dollarsPerMonth: 10, memberDollarsPerMonth: 4 };
const instance = (worst: number, hours: number) => ({
  price: { compute: worst, address: 0, disk: 0, worst },
  ran: [{ from: new Date(NOW - HOUR), to: null }],
  endedAt: null,
  endsAt: new Date(NOW + hours * HOUR),
});

it.each([
  ['nothing', [], null],
  ['what fits', [instance(0.5, 3), instance(0.5, 3)], null],
  ['too many', [instance(0, 3), instance(0, 3), instance(0, 3)], 'budget.instances'],
  ['too much an hour', [instance(0.6, 1), instance(0.6, 1)], 'budget.hour'],
  ['too much a month, with what is spent', [instance(1, 9.5)], 'budget.month'],
])('says of %s what it is', (_, all, code) => {
  expect(overBudget(all, budget, NOW)?.code ?? null).toBe(code);
});

it.each([
  ['nothing', [], null, 4],
  ['what is spent and may still be', [instance(0.5, 3)], null, 2],
  ['one that has ended', [{ ...instance(1, 9), endedAt: new Date(NOW) }], null, 3],
  ['more than the share', [instance(1, 3), instance(0.1, 1)], 'budget.member', 0],
])('of a member with %s says what is left', (_, own, code, left) => {
  expect(overShare(own, budget, NOW)?.code ?? null).toBe(code);
  expect(leftOf(own, budget, NOW)).toBeCloseTo(left);
});
