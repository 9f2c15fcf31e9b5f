import { ReadBudget } from './read-budget.js';

describe('the budget', () => {
  it('allows a burst, then a tenth of the time', () => {
    let now = 0;
    const budget = new ReadBudget(100, () => now);
    const work = (ms: number) => budget.spend(() => (now += ms));
    work(90);
    expect(budget.left).toBe(true);
    work(40);
    expect(budget.left).toBe(false);
    now += 100;
    expect(budget.left).toBe(false);
    now += 200;
    expect(budget.left).toBe(true);
  });

  it('owes a second at the most, however long one piece took', () => {
    let now = 0;
    const budget = new ReadBudget(100, () => now);
    budget.spend(() => (now += 60_000));
    expect(budget.left).toBe(false);
    now += 1_010;
    expect(budget.left).toBe(true);
  });
});
