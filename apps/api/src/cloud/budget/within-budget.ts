import type { Budget } from '@mle/protocol';
import { conflict, type ProblemError } from '../../platform/http/problem.js';
import { costOf, reservedOf, startOfMonth } from '../instances/cost.js';
import type { InstanceRecord } from '../instances/instances.repository.js';

type Counted = Pick<InstanceRecord, 'price' | 'ran' | 'endedAt' | 'endsAt'>;
const dollars = (amount: number): string => `$${amount.toFixed(2)}`;

/** Why these may not all be there, or null. Each counts as if it ran until its end at the most that it may cost. */
export function overBudget(all: readonly Counted[], budget: Budget, now: number): ProblemError | null {
  const living = all.filter(({ endedAt }) => endedAt === null);
  const { instances, dollarsPerHour, dollarsPerMonth } = budget;
  if (living.length > instances) {
    const limit = instances === 1 ? 'one instance' : `${instances} instances`;
    return conflict(
      'budget.instances',
      `This server may have ${limit} at once, and there would be ${living.length}. Terminate one, launch fewer, or raise the limit in Settings.`,
    );
  }
  const perHour = living.reduce((sum, { price }) => sum + price.worst, 0);
  if (perHour > dollarsPerHour)
    return conflict(
      'budget.hour',
      `Instances may cost ${dollars(dollarsPerHour)} per hour together, and this would make it ${dollars(perHour)}. Choose a smaller type, terminate one, or raise the limit in Settings.`,
    );
  const since = startOfMonth(now);
  const spent = all.reduce((sum, instance) => sum + costOf(instance, since, now), 0);
  const month = spent + living.reduce((sum, instance) => sum + reservedOf(instance, now), 0);
  if (month > dollarsPerMonth && perHour > 0)
    return conflict(
      'budget.month',
      `Instances may cost ${dollars(dollarsPerMonth)} per month, and ${dollars(spent)} are spent: until they end, all could make it ${dollars(month)}. Choose a shorter life, or raise the limit in Settings.`,
    );
  return null;
}
