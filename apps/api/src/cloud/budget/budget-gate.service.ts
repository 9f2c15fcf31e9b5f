import { setTimeout } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { AuthUser } from '../../platform/http/current-user.js';
import { startOfMonth } from '../instances/cost.js';
import { type InstanceRecord, InstancesRepository, type NewInstance } from '../instances/instances.repository.js';
import { BudgetRepository } from './budget.repository.js';
import { leftOf, overBudget, overShare } from './within-budget.js';

/** What others hold is settled within much less. */
const OTHERS_MS = 3_000;
const PAUSE_MS = 20;

/** On whose account it goes. */
type Launcher = Pick<AuthUser, 'id' | 'role'>;

type Counted = Parameters<typeof overBudget>[0][number] & Pick<InstanceRecord, 'ownerId'>;
const ownOf = (all: readonly Counted[], id: string): Counted[] => all.filter(({ ownerId }) => ownerId === id);

/** Lets through what is within the budget. Launches of several servers at once are decided one after the other. */
@Injectable()
export class BudgetGate {
  constructor(
    private readonly instances: InstancesRepository,
    private readonly budgets: BudgetRepository,
  ) {}

  /** All of them, or none. @throws ProblemError that says which limit is in the way. */
  async launch(wanted: readonly NewInstance[], by: Launcher): Promise<InstanceRecord[]> {
    const counted = wanted.map((each) => ({ ...each, ran: [], endedAt: null }));
    const held = await this.decide(
      (all) => [...all, ...counted],
      () => this.hold(wanted),
      by,
    );
    await this.instances.release(held.map(({ id }) => id));
    return held;
  }

  /** @throws ProblemError where the instance may not live so long. */
  async extend(instance: InstanceRecord, endsAt: Date, by: Launcher): Promise<void> {
    await this.decide(
      (all) => all.map((each) => (each.id === instance.id ? { ...each, endsAt } : each)),
      () => Promise.resolve([]),
      by,
    );
  }

  /** Whether a user may launch instances, and for how many dollars of this month still; null: no share binds. */
  async allows({ id, role }: Launcher): Promise<{ mayLaunch: boolean; left: number | null }> {
    if (role === 'admin') return { mayLaunch: true, left: null };
    const budget = await this.budgets.get();
    if (budget.memberDollarsPerMonth === 0) return { mayLaunch: false, left: 0 };
    const now = Date.now();
    const all = await this.instances.counted(new Date(startOfMonth(now)));
    return { mayLaunch: true, left: leftOf(ownOf(all, id), budget, now) };
  }

  /** Goes on what was read only if nobody else decided meanwhile. */
  private async decide(
    outcome: (all: readonly InstanceRecord[]) => readonly Counted[],
    hold: () => Promise<InstanceRecord[] | null>,
    { id, role }: Launcher,
  ): Promise<InstanceRecord[]> {
    const deadline = Date.now() + OTHERS_MS;
    for (;;) {
      const decisions = await this.budgets.decisionCount();
      const now = Date.now();
      const all = await this.instances.counted(new Date(startOfMonth(now)));
      const [then, budget] = [outcome(all), await this.budgets.get()];
      const over = overBudget(then, budget, now) ?? (role === 'admin' ? null : overShare(ownOf(then, id), budget, now));
      // What others hold may yet be given back.
      if (over && (now > deadline || !all.some(({ held }) => held))) throw over;
      const held = over ? null : await hold();
      if (held && (await this.budgets.decide(decisions))) return held;
      if (held) await this.instances.giveBack({ ids: held.map(({ id }) => id) });
      await setTimeout(PAUSE_MS * (1 + Math.random()));
    }
  }

  /** Null: another request with the same key is being settled; where it has been, what it launched. */
  private async hold(wanted: readonly NewInstance[]): Promise<InstanceRecord[] | null> {
    const held: InstanceRecord[] = [];
    for (const values of wanted) {
      const instance = await this.instances.hold(values);
      if (instance) held.push(instance);
    }
    if (held.length === wanted.length) return held;
    await this.instances.giveBack({ ids: held.map(({ id }) => id) });
    const before = await Promise.all(wanted.map(({ requestKey = '' }) => this.instances.byRequestKey(requestKey)));
    const launched = before.filter((each) => each !== null && !each.held);
    return launched.length === wanted.length ? launched.filter((each) => each !== null) : null;
  }
}
