import { setTimeout } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { startOfMonth } from '../instances/cost.js';
import { type InstanceRecord, InstancesRepository, type NewInstance } from '../instances/instances.repository.js';
import { BudgetRepository } from './budget.repository.js';
import { overBudget } from './within-budget.js';

/** What others hold is settled within much less. */
const OTHERS_MS = 3_000;
const PAUSE_MS = 20;

/** Lets through what is within the budget. Launches of several servers at once are decided one after the other. */
@Injectable()
export class BudgetGate {
  constructor(
    private readonly instances: InstancesRepository,
    private readonly budgets: BudgetRepository,
  ) {}

  /** All of them, or none. @throws ProblemError that says which limit is in the way. */
  async launch(wanted: readonly NewInstance[]): Promise<InstanceRecord[]> {
    const counted = wanted.map((each) => ({ ...each, ran: [], endedAt: null }));
    const held = await this.decide(
      (all) => [...all, ...counted],
      () => this.hold(wanted),
    );
    await this.instances.release(held.map(({ id }) => id));
    return held;
  }

  /** @throws ProblemError where the instance may not live so long. */
  async extend(instance: InstanceRecord, endsAt: Date): Promise<void> {
    await this.decide(
      (all) => all.map((each) => (each.id === instance.id ? { ...each, endsAt } : each)),
      () => Promise.resolve([]),
    );
  }

  /** Goes on what was read only if nobody else decided meanwhile. */
  private async decide(
    outcome: (all: readonly InstanceRecord[]) => Parameters<typeof overBudget>[0],
    hold: () => Promise<InstanceRecord[] | null>,
  ): Promise<InstanceRecord[]> {
    const deadline = Date.now() + OTHERS_MS;
    for (;;) {
      const decisions = await this.budgets.decisionCount();
      const now = Date.now();
      const all = await this.instances.counted(new Date(startOfMonth(now)));
      const over = overBudget(outcome(all), await this.budgets.get(), now);
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
