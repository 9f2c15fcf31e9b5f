import { Module } from '@nestjs/common';
import { RunRecordsModule } from '../../run-records/run-records.module.js';
import { FilesModule } from '../files/files.module.js';
import { SnapshotsModule } from '../snapshots/snapshots.module.js';
import { KnobsController } from './knobs.controller.js';
import { KnobsService } from './knobs.service.js';

@Module({
  imports: [FilesModule, RunRecordsModule, SnapshotsModule],
  controllers: [KnobsController],
  providers: [KnobsService],
  exports: [KnobsService],
})
export class KnobsModule {}
