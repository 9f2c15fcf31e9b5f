import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { QuotasModule } from '../../platform/quotas/quotas.module.js';
import { ProjectCreationModule } from '../../projects/creation/project-creation.module.js';
import { ProjectsModule } from '../../projects/projects.module.js';
import { QuotasController } from '../quotas/quotas.controller.js';
import { USER_MODEL, UserSchema } from './user.schema.js';
import { UsersController } from './users.controller.js';
import { UsersRepository } from './users.repository.js';
import { UsersService } from './users.service.js';

@Module({
  imports: [
    MongooseModule.forFeature([{ name: USER_MODEL, schema: UserSchema }]),
    ProjectsModule,
    ProjectCreationModule,
    QuotasModule,
  ],
  controllers: [QuotasController, UsersController],
  providers: [UsersRepository, UsersService],
  exports: [UsersService],
})
export class UsersModule {}
