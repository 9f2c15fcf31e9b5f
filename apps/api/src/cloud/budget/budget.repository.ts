import { type Budget, DEFAULT_BUDGET } from '@mle/protocol';
import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { Model } from 'mongoose';
import { StoredBudget } from './budget.schema.js';

const ID = 'installation';

/** The only place that touches the budget in the database. */
@Injectable()
export class BudgetRepository {
  constructor(@InjectModel(StoredBudget.name) private readonly budgets: Model<StoredBudget>) {}

  async get(): Promise<Budget> {
    const stored = await this.budgets.findById(ID).lean();
    return stored ? { instances: stored.instances } : DEFAULT_BUDGET;
  }

  async put({ instances }: Budget): Promise<Budget> {
    await this.budgets.updateOne({ _id: ID }, { $set: { instances } }, { upsert: true });
    return { instances };
  }
}
