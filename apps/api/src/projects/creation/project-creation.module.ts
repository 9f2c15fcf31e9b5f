import { Module } from '@nestjs/common';
import { BlobsModule } from '../../platform/blobs/blobs.module.js';
import { ExamplesModule } from '../examples/examples.module.js';
import { FilesModule } from '../files/files.module.js';
import { ProjectsModule } from '../projects.module.js';
import { ArchiveImportService } from './archive-import.service.js';
import { GitImportService } from './git-import.service.js';
import { ProjectCreationController } from './project-creation.controller.js';
import { ProjectCreationService } from './project-creation.service.js';

@Module({
  imports: [ProjectsModule, FilesModule, BlobsModule, ExamplesModule],
  controllers: [ProjectCreationController],
  providers: [ProjectCreationService, GitImportService, ArchiveImportService],
  exports: [ProjectCreationService],
})
export class ProjectCreationModule {}
