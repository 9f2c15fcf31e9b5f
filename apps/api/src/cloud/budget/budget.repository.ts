import { type Budget, type ChangeBudget, DEFAULT_BUDGET } from '@mle/protocol';
import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { Model } from 'mongoose';
import { BudgetDecisions, StoredBudget } from './budget.schema.js';

const ID = 'installation';

/** The only place that touches the budget in the database. */
@Injectable()
export class BudgetRepository {
  constructor(
    @InjectModel(StoredBudget.name) private readonly budgets: Model<StoredBudget>,
    @InjectModel(BudgetDecisions.name) private readonly decisions: Model<BudgetDecisions>,
  ) {}

  async get(): Promise<Budget> {
    const stored = await this.budgets.findById(ID).lean();
    if (!stored) return DEFAULT_BUDGET;
    const { instances, dollarsPerHour, dollarsPerMonth, memberDollarsPerMonth } = stored;
    return {
      instances,
      dollarsPerHour: dollarsPerHour ?? DEFAULT_BUDGET.dollarsPerHour,
      dollarsPerMonth: dollarsPerMonth ?? DEFAULT_BUDGET.dollarsPerMonth,
      memberDollarsPerMonth: memberDollarsPerMonth ?? DEFAULT_BUDGET.memberDollarsPerMonth,
    };
  }

  /** Field by field, so that two who change different ones at once both have what they said. */
  async change(change: ChangeBudget): Promise<Budget> {
    const first = Object.entries(DEFAULT_BUDGET).filter(([field]) => !(field in change));
    await this.budgets.updateOne(
      { _id: ID },
      { $set: change, $setOnInsert: Object.fromEntries(first) },
      { upsert: true },
    );
    return this.get();
  }

  async decisionCount(): Promise<number> {
    const decisions = await this.decisions.findOneAndUpdate(
      { _id: ID },
      { $setOnInsert: { count: 0 } },
      { upsert: true, returnDocument: 'after' },
    );
    return decisions.count;
  }

  /** Decides on what was read when the count was this; false: others have decided meanwhile. */
  async decide(count: number): Promise<boolean> {
    const { modifiedCount } = await this.decisions.updateOne({ _id: ID, count }, { $inc: { count: 1 } });
    return modifiedCount === 1;
  }
}
