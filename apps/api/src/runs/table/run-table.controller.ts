import { Readable } from 'node:stream';
import {
  type RunCsvQuery,
  RunCsvQuerySchema,
  type RunGroups,
  type RunGroupsQuery,
  RunGroupsQuerySchema,
  RunGroupsSchema,
} from '@mle/protocol';
import { Controller, Get, Res } from '@nestjs/common';
import { create as contentDisposition } from 'content-disposition';
import type { Response } from 'express';
import { type AuthUser, CurrentUser } from '../../platform/http/current-user.js';
import { sendStream } from '../../platform/http/send-bytes.js';
import { Returns, ZodQuery } from '../../platform/http/zod.js';
import { RunCsv } from './run-csv.service.js';
import { RunGroupsService } from './run-groups.service.js';

@Controller('api/v1')
export class RunTableController {
  constructor(
    private readonly csv: RunCsv,
    private readonly groups: RunGroupsService,
  ) {}

  @Get('runs.csv')
  @Returns(200, 'binary', 'The same runs as CSV')
  async table(
    @CurrentUser() user: AuthUser,
    @ZodQuery(RunCsvQuerySchema) query: RunCsvQuery,
    @Res() response: Response,
  ): Promise<void> {
    response.set({
      'Content-Type': 'text/csv; charset=utf-8',
      'Content-Disposition': contentDisposition('runs.csv'),
      'Cache-Control': 'no-store',
    });
    await sendStream(Readable.from(this.csv.lines(user.id, query)), response);
  }

  @Get('runs/groups')
  @Returns(200, RunGroupsSchema, 'What the values of a knob did: mean, lowest and highest of each metric')
  grouped(@CurrentUser() user: AuthUser, @ZodQuery(RunGroupsQuerySchema) query: RunGroupsQuery): Promise<RunGroups> {
    return this.groups.by(user.id, query);
  }
}
