import { type Money, MoneySchema } from '@mle/protocol';
import { Controller, Get } from '@nestjs/common';
import { type AuthUser, CurrentUser } from '../../platform/http/current-user.js';
import { Returns } from '../../platform/http/zod.js';
import { MoneyService } from './money.service.js';

@Controller('api/v1/money')
export class MoneyController {
  constructor(private readonly money: MoneyService) {}

  @Get()
  @Returns(200, MoneySchema, 'What instances cost now, this month, and at most until they end: an estimate')
  get(@CurrentUser() user: AuthUser): Promise<Money> {
    return this.money.of(user.id);
  }
}
