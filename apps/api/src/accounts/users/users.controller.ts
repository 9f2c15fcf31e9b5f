import {
  type CreateUser,
  CreateUserSchema,
  IdSchema,
  type UpdateUser,
  UpdateUserSchema,
  type UserView,
  UserViewSchema,
} from '@mle/protocol';
import { Controller, Delete, Get, Patch, Post } from '@nestjs/common';
import { z } from 'zod';
import { AdminOnly, SessionOnly } from '../../platform/http/current-user.js';
import { Returns, ZodBody, ZodParam } from '../../platform/http/zod.js';
import { ProjectCreationService } from '../../projects/creation/project-creation.service.js';
import { UsersService } from './users.service.js';

@AdminOnly()
@Controller('api/v1/users')
export class UsersController {
  constructor(
    private readonly users: UsersService,
    private readonly creation: ProjectCreationService,
  ) {}

  @Get()
  @Returns(200, z.object({ items: z.array(UserViewSchema) }), 'All users')
  async list(): Promise<{ items: UserView[] }> {
    return { items: await this.users.list() };
  }

  @Post()
  @SessionOnly()
  @Returns(201, UserViewSchema, 'Adds a user, with a sample project')
  async create(@ZodBody(CreateUserSchema) body: CreateUser): Promise<UserView> {
    const user = await this.users.create(body);
    await this.creation.createSample(user.id);
    return user;
  }

  @Patch(':id')
  @SessionOnly()
  @Returns(200, UserViewSchema, 'Sets a password or a role')
  update(@ZodParam('id', IdSchema) id: string, @ZodBody(UpdateUserSchema) body: UpdateUser): Promise<UserView> {
    return this.users.update(id, body);
  }

  @Delete(':id')
  @SessionOnly()
  @Returns(204, 'empty', 'Removes a user who has no projects')
  remove(@ZodParam('id', IdSchema) id: string): Promise<void> {
    return this.users.remove(id);
  }
}
