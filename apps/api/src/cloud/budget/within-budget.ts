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
  const { spent, month } = monthOf(all, now);
  if (month > dollarsPerMonth && perHour > 0)
    return conflict(
      'budget.month',
      `Instances may cost ${dollars(dollarsPerMonth)} per month, and ${dollars(spent)} are spent: until they end, all could make it ${dollars(month)}. Choose a shorter life, or raise the limit in Settings.`,
    );
  return null;
}

/** Why a member may not have these, which are all of the member's, or null. */
export function overShare(
  own: readonly Counted[],
  { memberDollarsPerMonth }: Budget,
  now: number,
): ProblemError | null {
  const { spent, month } = monthOf(own, now);
  if (month <= memberDollarsPerMonth) return null;
  return conflict(
    'budget.member',
    `You may launch instances for ${dollars(memberDollarsPerMonth)} per month, and ${dollars(spent)} are spent: until they end, yours could make it ${dollars(month)}. Choose a smaller type or a shorter life, or ask an administrator for more.`,
  );
}

/** What a member may still launch for. */
export const leftOf = (own: readonly Counted[], { memberDollarsPerMonth }: Budget, now: number): number =>
  Math.max(0, memberDollarsPerMonth - monthOf(own, now).month);

/** What these have cost since the first of the month, and what it will be at most when all have ended. */
function monthOf(all: readonly Counted[], now: number): { spent: number; month: number } {
  const since = startOfMonth(now);
  const spent = all.reduce((sum, instance) => sum + costOf(instance, since, now), 0);
  return { spent, month: all.reduce((sum, instance) => sum + reservedOf(instance, now), spent) };
}
