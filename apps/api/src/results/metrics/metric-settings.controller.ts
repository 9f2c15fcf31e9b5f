import {
  IdSchema,
  type MetricPreview,
  MetricPreviewSchema,
  type MetricRules,
  MetricRulesSchema,
  type MetricSettings,
  MetricSettingsSchema,
  type PreviewRequest,
  PreviewRequestSchema,
} from '@mle/protocol';
import { Controller, Delete, Get, HttpCode, Post, Put } from '@nestjs/common';
import { type AuthUser, CurrentUser } from '../../platform/http/current-user.js';
import { Returns, ZodBody, ZodParam } from '../../platform/http/zod.js';
import { MetricSettingsService } from './metric-settings.service.js';

@Controller('api/v1/projects/:id/metrics')
export class MetricSettingsController {
  constructor(private readonly settings: MetricSettingsService) {}

  @Get()
  @Returns(200, MetricSettingsSchema, 'What the project hides, renames and adds, and how far its runs are read again')
  get(@CurrentUser() user: AuthUser, @ZodParam('id', IdSchema) id: string): Promise<MetricSettings> {
    return this.settings.get(user.id, id);
  }

  @Put()
  @Returns(200, MetricSettingsSchema, 'Changes it; earlier runs are read again in the background')
  put(
    @CurrentUser() user: AuthUser,
    @ZodParam('id', IdSchema) id: string,
    @ZodBody(MetricRulesSchema) body: MetricRules,
  ): Promise<MetricSettings> {
    return this.settings.put(user.id, id, body);
  }

  @Post('preview')
  @HttpCode(200)
  @Returns(200, MetricPreviewSchema, 'What a pattern would read of a run')
  preview(
    @CurrentUser() user: AuthUser,
    @ZodParam('id', IdSchema) id: string,
    @ZodBody(PreviewRequestSchema) body: PreviewRequest,
  ): Promise<MetricPreview> {
    return this.settings.preview(user.id, id, body);
  }

  @Post('rereading')
  @HttpCode(200)
  @Returns(200, MetricSettingsSchema, 'Goes on reading earlier runs again')
  resume(@CurrentUser() user: AuthUser, @ZodParam('id', IdSchema) id: string): Promise<MetricSettings> {
    return this.settings.resume(user.id, id);
  }

  @Delete('rereading')
  @Returns(200, MetricSettingsSchema, 'Cancels reading earlier runs again; each is still read when it is opened')
  cancel(@CurrentUser() user: AuthUser, @ZodParam('id', IdSchema) id: string): Promise<MetricSettings> {
    return this.settings.cancel(user.id, id);
  }
}
