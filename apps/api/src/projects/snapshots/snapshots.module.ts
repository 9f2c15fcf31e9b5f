import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { BlobsModule } from '../../platform/blobs/blobs.module.js';
import { FilesModule } from '../files/files.module.js';
import { ProjectsModule } from '../projects.module.js';
import { SNAPSHOT_MODEL, SnapshotSchema } from './snapshot.schema.js';
import { SnapshotsRepository } from './snapshots.repository.js';
import { SnapshotsService } from './snapshots.service.js';

@Module({
  imports: [
    MongooseModule.forFeature([{ name: SNAPSHOT_MODEL, schema: SnapshotSchema }]),
    ProjectsModule,
    FilesModule,
    BlobsModule,
  ],
  providers: [SnapshotsRepository, SnapshotsService],
  exports: [SnapshotsService],
})
export class SnapshotsModule {}
