import { Controller, Get } from '@nestjs/common';
import { IdSchema, MetricListSchema, MetricQuerySchema, type MetricList, type MetricQuery } from '@mle/protocol';
import { CurrentUser, type AuthUser } from '../auth/current-user.js';
import { Returns, ZodParam, ZodQuery } from '../http/zod.js';
import { RunMetricsService } from './run-metrics.service.js';

@Controller('api/v1/runs/:id')
export class RunMetricsController {
  constructor(private readonly metrics: RunMetricsService) {}

  @Get('metrics')
  @Returns(200, MetricListSchema, 'The numbers that a run printed, with fewer points where there are many, but every extremum')
  list(@CurrentUser() user: AuthUser, @ZodParam('id', IdSchema) id: string, @ZodQuery(MetricQuerySchema) query: MetricQuery): Promise<MetricList> {
    return this.metrics.list(user.id, id, query);
  }
}
