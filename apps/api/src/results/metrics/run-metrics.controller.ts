import {
  type FoundList,
  FoundListSchema,
  type FoundQuery,
  FoundQuerySchema,
  IdSchema,
  type MetricList,
  MetricListSchema,
  type MetricQuery,
  MetricQuerySchema,
  type MetricsOfRuns,
  type MetricsOfRunsQuery,
  MetricsOfRunsQuerySchema,
  MetricsOfRunsSchema,
  type ResourceList,
  ResourceListSchema,
  type ResourceQuery,
  ResourceQuerySchema,
} from '@mle/protocol';
import { Controller, Get } from '@nestjs/common';
import { type AuthUser, CurrentUser } from '../../platform/http/current-user.js';
import { Returns, ZodParam, ZodQuery } from '../../platform/http/zod.js';
import { RunMetricsService } from './run-metrics.service.js';

@Controller('api/v1')
export class RunMetricsController {
  constructor(private readonly metrics: RunMetricsService) {}

  @Get('metrics')
  @Returns(200, MetricsOfRunsSchema, 'Small curves of several runs at once, as a list of them shows')
  ofRuns(
    @CurrentUser() user: AuthUser,
    @ZodQuery(MetricsOfRunsQuerySchema) query: MetricsOfRunsQuery,
  ): Promise<MetricsOfRuns> {
    return this.metrics.ofRuns(user.id, query);
  }

  @Get('runs/:id/metrics')
  @Returns(
    200,
    MetricListSchema,
    'The numbers that a run printed, with fewer points where there are many, but every extremum',
  )
  list(
    @CurrentUser() user: AuthUser,
    @ZodParam('id', IdSchema) id: string,
    @ZodQuery(MetricQuerySchema) query: MetricQuery,
  ): Promise<MetricList> {
    return this.metrics.list(user.id, id, query);
  }

  @Get('runs/:id/metrics/found')
  @Returns(200, FoundListSchema, 'Each name that was found, with the line that it was read from last')
  found(
    @CurrentUser() user: AuthUser,
    @ZodParam('id', IdSchema) id: string,
    @ZodQuery(FoundQuerySchema) { attempt }: FoundQuery,
  ): Promise<FoundList> {
    return this.metrics.found(user.id, id, attempt);
  }

  @Get('runs/:id/resources')
  @Returns(200, ResourceListSchema, 'What a run and its machine used, about every two seconds')
  resources(
    @CurrentUser() user: AuthUser,
    @ZodParam('id', IdSchema) id: string,
    @ZodQuery(ResourceQuerySchema) query: ResourceQuery,
  ): Promise<ResourceList> {
    return this.metrics.usage(user.id, id, query);
  }
}
