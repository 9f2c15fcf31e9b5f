import { Module } from '@nestjs/common';
import { MachinesModule } from '../../machines/machines.module.js';
import { BlobsModule } from '../../platform/blobs/blobs.module.js';
import { SocketsModule } from '../../platform/sockets/sockets.module.js';
import { SnapshotsModule } from '../../projects/snapshots/snapshots.module.js';
import { ArtifactsModule } from '../../results/artifacts/artifacts.module.js';
import { OutputModule } from '../../results/output/output.module.js';
import { ResourcesModule } from '../../results/resources/resources.module.js';
import { RunsModule } from '../../runs/life/runs.module.js';
import { AttemptMessages } from './attempt-messages.js';
import { BlobStreams } from './blob-streams.service.js';
import { LinkGateway } from './link.gateway.js';
import { LinkSessions } from './link-sessions.js';
import { LinkTable } from './link-table.js';
import { MachineMessages } from './machine-messages.js';
import { MachineOrders } from './machine-orders.service.js';
import { QueueGateway } from './queue.gateway.js';
import { ResultMessages } from './result-messages.js';
import { Strangers } from './strangers.js';

@Module({
  imports: [
    ArtifactsModule,
    BlobsModule,
    MachinesModule,
    OutputModule,
    ResourcesModule,
    RunsModule,
    SnapshotsModule,
    SocketsModule,
  ],
  providers: [
    AttemptMessages,
    BlobStreams,
    LinkGateway,
    LinkSessions,
    LinkTable,
    MachineMessages,
    MachineOrders,
    QueueGateway,
    ResultMessages,
    Strangers,
  ],
})
export class LinkModule {}
