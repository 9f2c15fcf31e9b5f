import { Controller, Post } from '@nestjs/common';
import { CreateProjectSchema, ProjectViewSchema, type CreateProject, type ProjectView } from '@mle/protocol';
import { CurrentUser, type AuthUser } from '../../auth/current-user.js';
import { Returns, ZodBody } from '../../http/zod.js';
import { ProjectCreationService } from './project-creation.service.js';

@Controller('api/v1/projects')
export class ProjectCreationController {
  constructor(private readonly creation: ProjectCreationService) {}

  @Post()
  @Returns(201, ProjectViewSchema, 'Makes a project: empty, from an example, from a git repository, or as a copy of another')
  create(@CurrentUser() user: AuthUser, @ZodBody(CreateProjectSchema) body: CreateProject): Promise<ProjectView> {
    return this.creation.create(user.id, body);
  }
}
