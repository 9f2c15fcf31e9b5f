import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { QuotasModule } from '../platform/quotas/quotas.module.js';
import { RunRecordsModule } from '../run-records/run-records.module.js';
import { PROJECT_MODEL, ProjectSchema } from './project.schema.js';
import { ProjectRemover } from './project-remover.service.js';
import { ProjectsController } from './projects.controller.js';
import { ProjectsRepository } from './projects.repository.js';
import { ProjectsService } from './projects.service.js';

@Module({
  imports: [
    MongooseModule.forFeature([{ name: PROJECT_MODEL, schema: ProjectSchema }]),
    QuotasModule,
    RunRecordsModule,
  ],
  controllers: [ProjectsController],
  providers: [ProjectRemover, ProjectsRepository, ProjectsService],
  exports: [ProjectRemover, ProjectsService],
})
export class ProjectsModule {}
