import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { MachinesModule } from '../../machines/machines.module.js';
import { BlobsModule } from '../../platform/blobs/blobs.module.js';
import { QuotasModule } from '../../platform/quotas/quotas.module.js';
import { SnapshotsModule } from '../../projects/snapshots/snapshots.module.js';
import { RunRecordsModule } from '../../run-records/run-records.module.js';
import { LeftoversController } from '../leftovers/leftovers.controller.js';
import { LeftoversRepository } from '../leftovers/leftovers.repository.js';
import { AttemptLeftoversModel, AttemptLeftoversSchema } from '../leftovers/leftovers.schema.js';
import { LeftoversService } from '../leftovers/leftovers.service.js';
import { Artifact, ArtifactSchema } from './artifact.schema.js';
import { ArtifactFence } from './artifact-fence.service.js';
import { ArtifactIntake } from './artifact-intake.service.js';
import { ArtifactsController } from './artifacts.controller.js';
import { ArtifactsRepository } from './artifacts.repository.js';
import { ArtifactsService } from './artifacts.service.js';

@Module({
  imports: [
    MongooseModule.forFeature([
      { name: Artifact.name, schema: ArtifactSchema },
      { name: AttemptLeftoversModel.name, schema: AttemptLeftoversSchema },
    ]),
    BlobsModule,
    MachinesModule,
    QuotasModule,
    RunRecordsModule,
    SnapshotsModule,
  ],
  controllers: [ArtifactsController, LeftoversController],
  providers: [
    ArtifactFence,
    ArtifactIntake,
    ArtifactsRepository,
    ArtifactsService,
    LeftoversRepository,
    LeftoversService,
  ],
  exports: [ArtifactIntake, LeftoversService],
})
export class ArtifactsModule {}
