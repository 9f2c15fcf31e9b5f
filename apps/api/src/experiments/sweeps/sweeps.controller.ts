import {
  type CreateSweep,
  CreateSweepSchema,
  type ExtendSweep,
  ExtendSweepSchema,
  IdSchema,
  type Page,
  pageOf,
  type RerunSweep,
  RerunSweepSchema,
  type SweepQuery,
  SweepQuerySchema,
  type SweepView,
  SweepViewSchema,
  type UpdateSweep,
  UpdateSweepSchema,
} from '@mle/protocol';
import { Controller, Delete, Get, Headers, Patch, Post } from '@nestjs/common';
import { type AuthUser, CurrentUser, ForTokens } from '../../platform/http/current-user.js';
import { idempotencyKey } from '../../platform/http/idempotency-key.js';
import { Returns, ZodBody, ZodParam, ZodQuery } from '../../platform/http/zod.js';
import { SweepsService } from './sweeps.service.js';

@Controller('api/v1/sweeps')
export class SweepsController {
  constructor(private readonly sweeps: SweepsService) {}

  @Post()
  @ForTokens('run')
  @Returns(
    201,
    SweepViewSchema,
    'Varies one knob: runs each value with each seed. An Idempotency-Key makes a repetition harmless',
  )
  create(
    @CurrentUser() user: AuthUser,
    @ZodBody(CreateSweepSchema) body: CreateSweep,
    @Headers('idempotency-key') key?: string,
  ): Promise<SweepView> {
    return this.sweeps.create(user.id, body, idempotencyKey(key));
  }

  @Get()
  @Returns(200, pageOf(SweepViewSchema), 'Your sweeps, newest first')
  list(@CurrentUser() user: AuthUser, @ZodQuery(SweepQuerySchema) query: SweepQuery): Promise<Page<SweepView>> {
    return this.sweeps.list(user.id, query);
  }

  @Get(':id')
  @Returns(200, SweepViewSchema, 'A sweep with its runs, and what they show')
  get(@CurrentUser() user: AuthUser, @ZodParam('id', IdSchema) id: string): Promise<SweepView> {
    return this.sweeps.get(user.id, id);
  }

  @Patch(':id')
  @Returns(200, SweepViewSchema, 'Changes the note, or how many runs are under way at once')
  change(
    @CurrentUser() user: AuthUser,
    @ZodParam('id', IdSchema) id: string,
    @ZodBody(UpdateSweepSchema) body: UpdateSweep,
  ): Promise<SweepView> {
    return this.sweeps.change(user.id, id, body);
  }

  @Delete(':id')
  @Returns(204, 'empty', 'Deletes a sweep that is over with its runs')
  remove(@CurrentUser() user: AuthUser, @ZodParam('id', IdSchema) id: string): Promise<void> {
    return this.sweeps.remove(user.id, id);
  }

  @Post(':id/stop')
  @ForTokens('run')
  @Returns(200, SweepViewSchema, 'Stops a sweep and its runs')
  stop(@CurrentUser() user: AuthUser, @ZodParam('id', IdSchema) id: string): Promise<SweepView> {
    return this.sweeps.stop(user.id, id);
  }

  @Post(':id/pause')
  @ForTokens('run')
  @Returns(200, SweepViewSchema, 'Starts no more runs; those that have begun go on')
  pause(@CurrentUser() user: AuthUser, @ZodParam('id', IdSchema) id: string): Promise<SweepView> {
    return this.sweeps.pause(user.id, id);
  }

  @Post(':id/resume')
  @ForTokens('run')
  @Returns(200, SweepViewSchema, 'Goes on with a sweep that was paused, stopped or failed')
  resume(@CurrentUser() user: AuthUser, @ZodParam('id', IdSchema) id: string): Promise<SweepView> {
    return this.sweeps.resume(user.id, id);
  }

  @Post(':id/extend')
  @ForTokens('run')
  @Returns(200, SweepViewSchema, 'Adds values, or seeds to some values, which count together with those there')
  extend(
    @CurrentUser() user: AuthUser,
    @ZodParam('id', IdSchema) id: string,
    @ZodBody(ExtendSweepSchema) body: ExtendSweep,
  ): Promise<SweepView> {
    return this.sweeps.extend(user.id, id, body);
  }

  @Post(':id/rerun')
  @ForTokens('run')
  @Returns(201, SweepViewSchema, 'Runs it once more as a new sweep, with its files or with those of now')
  rerun(
    @CurrentUser() user: AuthUser,
    @ZodParam('id', IdSchema) id: string,
    @ZodBody(RerunSweepSchema) body: RerunSweep,
    @Headers('idempotency-key') key?: string,
  ): Promise<SweepView> {
    return this.sweeps.rerun(user.id, id, body, idempotencyKey(key));
  }
}
