import {
  type CreateRun,
  CreateRunSchema,
  IdSchema,
  type Page,
  pageOf,
  type Rerun,
  RerunSchema,
  RUN_CURSOR_CHARS,
  type RunDiff,
  type RunDiffQuery,
  RunDiffQuerySchema,
  RunDiffSchema,
  type RunQuery,
  RunQuerySchema,
  type RunView,
  RunViewSchema,
  type StoppedRuns,
  StoppedRunsSchema,
  type StopRuns,
  StopRunsSchema,
  type UpdateRun,
  UpdateRunSchema,
} from '@mle/protocol';
import { Controller, Delete, Get, Headers, Patch, Post } from '@nestjs/common';
import { type AuthUser, CurrentUser, ForTokens } from '../../platform/http/current-user.js';
import { idempotencyKey } from '../../platform/http/idempotency-key.js';
import { Returns, ZodBody, ZodParam, ZodQuery } from '../../platform/http/zod.js';
import { RunDiffs } from './run-diffs.service.js';
import { RunsService } from './runs.service.js';

@Controller('api/v1/runs')
export class RunsController {
  constructor(
    private readonly runs: RunsService,
    private readonly diffs: RunDiffs,
  ) {}

  @Post()
  @ForTokens('run')
  @Returns(201, RunViewSchema, 'Runs a file or a command of a project. An Idempotency-Key makes a repetition harmless')
  create(
    @CurrentUser() user: AuthUser,
    @ZodBody(CreateRunSchema) body: CreateRun,
    @Headers('idempotency-key') key?: string,
  ): Promise<RunView> {
    return this.runs.create(user.id, body, idempotencyKey(key));
  }

  @Post('stop')
  @ForTokens('run')
  @Returns(200, StoppedRunsSchema, 'Stops many runs; tells of each what became of it')
  stopMany(@CurrentUser() user: AuthUser, @ZodBody(StopRunsSchema) { ids }: StopRuns): Promise<StoppedRuns> {
    return this.runs.stopMany(user.id, ids);
  }

  @Get()
  @Returns(200, pageOf(RunViewSchema, RUN_CURSOR_CHARS), 'Your runs, newest first or in another order')
  list(@CurrentUser() user: AuthUser, @ZodQuery(RunQuerySchema) query: RunQuery): Promise<Page<RunView>> {
    return this.runs.list(user.id, query);
  }

  @Get('diff')
  @Returns(200, RunDiffSchema, 'In what run b differs from run a: parameters, code by file, and what became of both')
  diff(@CurrentUser() user: AuthUser, @ZodQuery(RunDiffQuerySchema) { a, b }: RunDiffQuery): Promise<RunDiff> {
    return this.diffs.between(user.id, a, b);
  }

  @Get(':id')
  @Returns(200, RunViewSchema, 'A run')
  get(@CurrentUser() user: AuthUser, @ZodParam('id', IdSchema) id: string): Promise<RunView> {
    return this.runs.get(user.id, id);
  }

  @Patch(':id')
  @Returns(200, RunViewSchema, 'Changes tags or note')
  change(
    @CurrentUser() user: AuthUser,
    @ZodParam('id', IdSchema) id: string,
    @ZodBody(UpdateRunSchema) body: UpdateRun,
  ): Promise<RunView> {
    return this.runs.change(user.id, id, body);
  }

  @Delete(':id')
  @Returns(204, 'empty', 'Deletes an ended run with its output and artifacts')
  remove(@CurrentUser() user: AuthUser, @ZodParam('id', IdSchema) id: string): Promise<void> {
    return this.runs.remove(user.id, id);
  }

  @Post(':id/stop')
  @ForTokens('run')
  @Returns(200, RunViewSchema, 'Stops a run as Ctrl-C would')
  stop(@CurrentUser() user: AuthUser, @ZodParam('id', IdSchema) id: string): Promise<RunView> {
    return this.runs.stop(user.id, id);
  }

  @Post(':id/rerun')
  @ForTokens('run')
  @Returns(201, RunViewSchema, 'Runs it once more, with the same snapshot or with the files as they are now')
  rerun(
    @CurrentUser() user: AuthUser,
    @ZodParam('id', IdSchema) id: string,
    @ZodBody(RerunSchema) body: Rerun,
    @Headers('idempotency-key') key?: string,
  ): Promise<RunView> {
    return this.runs.rerun(user.id, id, body, idempotencyKey(key));
  }
}
