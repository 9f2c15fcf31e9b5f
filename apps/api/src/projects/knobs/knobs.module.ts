import { Module } from '@nestjs/common';
import { BlobsModule } from '../../platform/blobs/blobs.module.js';
import { FilesModule } from '../files/files.module.js';
import { ProjectsModule } from '../projects.module.js';
import { SnapshotsModule } from '../snapshots/snapshots.module.js';
import { KnobsController } from './knobs.controller.js';
import { KnobsService } from './knobs.service.js';

@Module({
  imports: [BlobsModule, FilesModule, ProjectsModule, SnapshotsModule],
  controllers: [KnobsController],
  providers: [KnobsService],
  exports: [KnobsService],
})
export class KnobsModule {}
