import { IdSchema, type ProjectView, ProjectViewSchema, type UpdateProject, UpdateProjectSchema } from '@mle/protocol';
import { Controller, Delete, Get, Patch } from '@nestjs/common';
import { z } from 'zod';
import { type AuthUser, CurrentUser } from '../platform/http/current-user.js';
import { Returns, ZodBody, ZodParam } from '../platform/http/zod.js';
import { ProjectsService } from './projects.service.js';

@Controller('api/v1/projects')
export class ProjectsController {
  constructor(private readonly projects: ProjectsService) {}

  @Get()
  @Returns(200, z.object({ items: z.array(ProjectViewSchema) }), 'Your projects, by name')
  async list(@CurrentUser() user: AuthUser): Promise<{ items: ProjectView[] }> {
    return { items: await this.projects.list(user.id) };
  }

  @Get(':id')
  @Returns(200, ProjectViewSchema, 'A project')
  get(@CurrentUser() user: AuthUser, @ZodParam('id', IdSchema) id: string): Promise<ProjectView> {
    return this.projects.getOwned(user.id, id);
  }

  @Patch(':id')
  @Returns(200, ProjectViewSchema, 'Renames a project, or changes how its files are run')
  update(
    @CurrentUser() user: AuthUser,
    @ZodParam('id', IdSchema) id: string,
    @ZodBody(UpdateProjectSchema) body: UpdateProject,
  ): Promise<ProjectView> {
    return this.projects.update(user.id, id, body);
  }

  @Delete(':id')
  @Returns(204, 'empty', 'Deletes a project with its files and runs')
  delete(@CurrentUser() user: AuthUser, @ZodParam('id', IdSchema) id: string): Promise<void> {
    return this.projects.delete(user.id, id);
  }
}
