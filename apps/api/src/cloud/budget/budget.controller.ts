import { type Budget, BudgetSchema, type ChangeBudget, ChangeBudgetSchema } from '@mle/protocol';
import { Controller, Get, Put } from '@nestjs/common';
import { AdminOnly } from '../../platform/http/current-user.js';
import { Returns, ZodBody } from '../../platform/http/zod.js';
import { BudgetRepository } from './budget.repository.js';

@Controller('api/v1/settings/budget')
export class BudgetController {
  constructor(private readonly budgets: BudgetRepository) {}

  @Get()
  @Returns(200, BudgetSchema, 'How many instances there may be at once, and what they may cost')
  get(): Promise<Budget> {
    return this.budgets.get();
  }

  @Put()
  @AdminOnly()
  @Returns(200, BudgetSchema, 'Changes the limits that it names; instances that live stay')
  put(@ZodBody(ChangeBudgetSchema) body: ChangeBudget): Promise<Budget> {
    return this.budgets.change(body);
  }
}
