import {
  type ArchiveQuery,
  ArchiveQuerySchema,
  type CreatedProject,
  CreatedProjectSchema,
  type CreateProject,
  CreateProjectSchema,
} from '@mle/protocol';
import { Controller, Post, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { type AuthUser, CurrentUser } from '../../platform/http/current-user.js';
import { goneSignal } from '../../platform/http/gone-signal.js';
import { Accepts, Returns, ZodBody, ZodQuery } from '../../platform/http/zod.js';
import { ProjectCreationService } from './project-creation.service.js';

@Controller('api/v1/projects')
export class ProjectCreationController {
  constructor(private readonly creation: ProjectCreationService) {}

  @Post()
  @Returns(
    201,
    CreatedProjectSchema,
    'Makes a project: empty, from an example, from a git repository, or as a copy of another',
  )
  create(
    @CurrentUser() user: AuthUser,
    @ZodBody(CreateProjectSchema) body: CreateProject,
    @Res({ passthrough: true }) response: Response,
  ): Promise<CreatedProject> {
    return this.creation.create(user.id, body, goneSignal(response));
  }

  @Post('archive')
  @Accepts('binary')
  @Returns(201, CreatedProjectSchema, 'Makes a project from a zip, whose bytes are the body')
  unpack(
    @CurrentUser() user: AuthUser,
    @ZodQuery(ArchiveQuerySchema) query: ArchiveQuery,
    @Req() request: Request,
  ): Promise<CreatedProject> {
    return this.creation.createFromArchive(user.id, query, request, request.headers['content-length']);
  }
}
