import { Module } from '@nestjs/common';
import { ArtifactsModule } from '../artifacts/artifacts.module.js';
import { BlobsModule } from '../blobs/blobs.module.js';
import { SocketsModule } from '../events/sockets.module.js';
import { MachinesModule } from '../machines/machines.module.js';
import { OutputModule } from '../output/output.module.js';
import { QueueModule } from '../queue/queue.module.js';
import { ResourcesModule } from '../resources/resources.module.js';
import { RunsModule } from '../runs/runs.module.js';
import { SnapshotsModule } from '../snapshots/snapshots.module.js';
import { BlobStreams } from './blob-streams.service.js';
import { LinkGateway } from './link.gateway.js';
import { LinkSessions } from './link-sessions.service.js';

@Module({
  imports: [ArtifactsModule, BlobsModule, MachinesModule, OutputModule, QueueModule, ResourcesModule, RunsModule, SnapshotsModule, SocketsModule],
  providers: [BlobStreams, LinkGateway, LinkSessions],
})
export class LinkModule {}
