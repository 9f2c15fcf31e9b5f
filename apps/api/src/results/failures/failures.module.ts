import { Module } from '@nestjs/common';
import { SnapshotsModule } from '../../projects/snapshots/snapshots.module.js';
import { OutputModule } from '../output/output.module.js';
import { FailureReader } from './failure-reader.service.js';

@Module({ imports: [OutputModule, SnapshotsModule], providers: [FailureReader], exports: [FailureReader] })
export class FailuresModule {}
