import {
  type FileList,
  FileListSchema,
  type FileView,
  FileViewSchema,
  IdSchema,
  type Move,
  MoveSchema,
} from '@mle/protocol';
import { Controller, Delete, Get, Post, Put, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { BlobsService } from '../../platform/blobs/blobs.service.js';
import { ZipsService } from '../../platform/blobs/zips.service.js';
import { type AuthUser, CurrentUser } from '../../platform/http/current-user.js';
import { sendItems } from '../../platform/http/paged-json.js';
import { sendBytes } from '../../platform/http/send-bytes.js';
import { WildcardPath } from '../../platform/http/wildcard-path.js';
import { Accepts, Returns, ZodBody, ZodParam } from '../../platform/http/zod.js';
import { ProjectsService } from '../projects.service.js';
import { fileMode, precondition } from './file-headers.js';
import { FilesService } from './files.service.js';
import { UploadsService } from './uploads.service.js';

@Controller('api/v1/projects/:id')
export class FilesController {
  constructor(
    private readonly files: FilesService,
    private readonly uploads: UploadsService,
    private readonly blobs: BlobsService,
    private readonly zips: ZipsService,
    private readonly projects: ProjectsService,
  ) {}

  @Get('files')
  @Returns(200, FileListSchema, 'The files of a project, by path')
  async list(
    @CurrentUser() user: AuthUser,
    @ZodParam('id', IdSchema) id: string,
    @Res() response: Response,
  ): Promise<void> {
    await sendItems(response, await this.files.pages(user.id, id));
  }

  @Post('files')
  @Accepts('multipart')
  @Returns(201, FileListSchema, 'Uploads files over what is there; the name of each is its path')
  async upload(
    @CurrentUser() user: AuthUser,
    @ZodParam('id', IdSchema) id: string,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<FileList> {
    await this.projects.getOwned(user.id, id);
    return { items: await this.files.putAll(user.id, id, await this.uploads.receive(request, response)) };
  }

  @Get('files/*path')
  @Returns(200, 'binary', 'The bytes of a file, with its ETag')
  async read(
    @CurrentUser() user: AuthUser,
    @ZodParam('id', IdSchema) id: string,
    @WildcardPath() path: string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const { sha256, size } = await this.files.get(user.id, id, path);
    await sendBytes(request, response, {
      size,
      etag: sha256,
      fileName: path,
      open: (range) => this.blobs.open(sha256, range),
    });
  }

  @Put('files/*path')
  @Accepts('binary')
  @Returns(200, FileViewSchema, 'Writes a file; If-Match and If-None-Match guard against lost edits')
  @Returns(201, FileViewSchema)
  async write(
    @CurrentUser() user: AuthUser,
    @ZodParam('id', IdSchema) id: string,
    @WildcardPath() path: string,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<FileView> {
    const condition = precondition(request);
    const sent = { path, mode: fileMode(request), contentLength: request.headers['content-length'], bytes: request };
    const { file, created } = await this.files.save(user.id, id, sent, condition);
    response.status(created ? 201 : 200).set('ETag', `"${file.sha256}"`);
    return file;
  }

  @Delete('files/*path')
  @Returns(204, 'empty', 'Deletes a file, or a folder with all below it')
  delete(
    @CurrentUser() user: AuthUser,
    @ZodParam('id', IdSchema) id: string,
    @WildcardPath() path: string,
    @Req() request: Request,
  ): Promise<void> {
    return this.files.delete(user.id, id, path, precondition(request));
  }

  @Post('move')
  @Returns(200, FileListSchema, 'Moves a file or a folder; answers with the files at their new paths')
  async move(
    @CurrentUser() user: AuthUser,
    @ZodParam('id', IdSchema) id: string,
    @ZodBody(MoveSchema) body: Move,
  ): Promise<FileList> {
    return { items: await this.files.move(user.id, id, body) };
  }

  @Get('archive')
  @Returns(200, 'binary', 'All files as a zip')
  async archive(
    @CurrentUser() user: AuthUser,
    @ZodParam('id', IdSchema) id: string,
    @Res() response: Response,
  ): Promise<void> {
    const { name } = await this.projects.getOwned(user.id, id);
    const files = await this.files.pages(user.id, id);
    await this.zips.send(response, user.id, `${name.replaceAll('/', '_')}.zip`, files);
  }
}
