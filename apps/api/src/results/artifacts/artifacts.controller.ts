import {
  type ArtifactList,
  ArtifactListSchema,
  type ArtifactQuery,
  ArtifactQuerySchema,
  type ArtifactReadQuery,
  ArtifactReadQuerySchema,
  IdSchema,
  type RunFileList,
  RunFileListSchema,
} from '@mle/protocol';
import { Controller, Get, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { BlobsService } from '../../platform/blobs/blobs.service.js';
import { ZipsService } from '../../platform/blobs/zips.service.js';
import { type AuthUser, CurrentUser } from '../../platform/http/current-user.js';
import { sendBytes } from '../../platform/http/send-bytes.js';
import { WildcardPath } from '../../platform/http/wildcard-path.js';
import { Returns, ZodParam, ZodQuery } from '../../platform/http/zod.js';
import { ArtifactsService } from './artifacts.service.js';

@Controller('api/v1/runs/:id')
export class ArtifactsController {
  constructor(
    private readonly artifacts: ArtifactsService,
    private readonly blobs: BlobsService,
    private readonly zips: ZipsService,
  ) {}

  @Get('artifacts')
  @Returns(
    200,
    ArtifactListSchema,
    'The files that a run put into MLE_OUTPUT_DIR or that were kept of it, and those that were dropped',
  )
  list(
    @CurrentUser() user: AuthUser,
    @ZodParam('id', IdSchema) id: string,
    @ZodQuery(ArtifactQuerySchema) query: ArtifactQuery,
  ): Promise<ArtifactList> {
    return this.artifacts.list(user.id, id, query.attempt);
  }

  @Get('artifacts/*path')
  @Returns(200, 'binary', 'The bytes of an artifact, or a range of them. With download=1 to be saved as a file')
  async read(
    @CurrentUser() user: AuthUser,
    @ZodParam('id', IdSchema) id: string,
    @WildcardPath() path: string,
    @ZodQuery(ArtifactReadQuerySchema) query: ArtifactReadQuery,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const { sha256, size } = await this.artifacts.get(user.id, id, query.attempt, path);
    const inline = query.download !== true;
    await sendBytes(request, response, {
      size,
      etag: sha256,
      fileName: path,
      inline,
      open: (range) => this.blobs.open(sha256, range),
    });
  }

  @Get('artifacts-archive')
  @Returns(200, 'binary', 'All artifacts as a zip')
  async archive(
    @CurrentUser() user: AuthUser,
    @ZodParam('id', IdSchema) id: string,
    @ZodQuery(ArtifactQuerySchema) query: ArtifactQuery,
    @Res() response: Response,
  ): Promise<void> {
    const { name, files } = await this.artifacts.archive(user.id, id, query.attempt);
    await this.zips.send(response, user.id, name, files);
  }

  @Get('files')
  @Returns(200, RunFileListSchema, 'The files that a run executes: its snapshot')
  async files(@CurrentUser() user: AuthUser, @ZodParam('id', IdSchema) id: string): Promise<RunFileList> {
    return { items: (await this.artifacts.snapshot(user.id, id)).files };
  }

  @Get('files/*path')
  @Returns(200, 'binary', 'The bytes of a file of the snapshot')
  async file(
    @CurrentUser() user: AuthUser,
    @ZodParam('id', IdSchema) id: string,
    @WildcardPath() path: string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const { sha256, size } = await this.artifacts.snapshotFile(user.id, id, path);
    await sendBytes(request, response, {
      size,
      etag: sha256,
      fileName: path,
      open: (range) => this.blobs.open(sha256, range),
    });
  }
}
