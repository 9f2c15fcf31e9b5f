import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  type AttemptRef,
  IdSchema,
  isTerminal,
  type OutputQuery,
  OutputQuerySchema,
  type SegmentList,
  SegmentListSchema,
  type SegmentQuery,
  SegmentQuerySchema,
} from '@mle/protocol';
import { Controller, Get, Res } from '@nestjs/common';
import type { Response } from 'express';
import { type AuthUser, CurrentUser } from '../../platform/http/current-user.js';
import { badRequest } from '../../platform/http/problem.js';
import { Returns, ZodParam, ZodQuery } from '../../platform/http/zod.js';
import { OwnedRuns } from '../../run-records/owned-runs.service.js';
import { RunsRepository } from '../../run-records/runs.repository.js';
import { OutputService } from './output.service.js';

@Controller('api/v1/runs/:id')
export class RunOutputController {
  constructor(
    private readonly runs: OwnedRuns,
    private readonly repository: RunsRepository,
    private readonly output: OutputService,
  ) {}

  @Get('output')
  @Returns(200, 'binary', 'The bytes that a run printed. With follow=true also those to come, until the run ends')
  async read(
    @CurrentUser() user: AuthUser,
    @ZodParam('id', IdSchema) id: string,
    @ZodQuery(OutputQuerySchema) query: OutputQuery,
    @Res() response: Response,
  ): Promise<void> {
    const { ref } = await this.runs.attempt(user.id, id, query.attempt);
    const stored = await this.output.storedBytes(ref);
    const from = query.from ?? 0;
    // Past the end there is nothing yet, which is no mistake of the reader.
    const to = query.to ?? (query.follow ? Number.MAX_SAFE_INTEGER : Math.max(from, stored));
    if (from > to)
      throw badRequest('output.range', `from is ${from} and to is ${to}: give a range that does not run backwards.`);
    const range = { from, to, stream: query.stream ?? null };
    response.set({
      'Content-Type': 'application/octet-stream',
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
      'X-Stored-Bytes': String(stored),
      'Content-Disposition': `attachment; filename="run-${id}-${ref.attempt}.log"`,
    });
    response.flushHeaders();
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    const bytes = query.follow
      ? this.output.follow(ref, range, () => this.ended(ref), gone.signal)
      : this.output.read(ref, range);
    // A reader that leaves is no error of ours; a database that fails cuts the answer short, which the reader sees.
    await pipeline(Readable.from(bytes, { objectMode: false }), response).catch(() => response.destroy());
  }

  @Get('segments')
  @Returns(200, SegmentListSchema, 'Which bytes of the output came when, and by which stream')
  async segments(
    @CurrentUser() user: AuthUser,
    @ZodParam('id', IdSchema) id: string,
    @ZodQuery(SegmentQuerySchema) query: SegmentQuery,
  ): Promise<SegmentList> {
    const { ref } = await this.runs.attempt(user.id, id, query.attempt);
    const storedBytes = await this.output.storedBytes(ref);
    return { items: await this.output.segments(ref, query.from ?? 0, query.to ?? storedBytes), storedBytes };
  }

  private async ended({ runId, attempt }: AttemptRef): Promise<boolean> {
    const run = await this.repository.get(runId);
    return run === null || run.attempt > attempt || isTerminal(run.state);
  }
}
