import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { AuthModule } from './accounts/auth/auth.module.js';
import { TokensModule } from './accounts/tokens/tokens.module.js';
import { UsersModule } from './accounts/users/users.module.js';
import { CloudModule } from './cloud/cloud.module.js';
import { EventsGatewayModule } from './doors/events/events-gateway.module.js';
import { HealthModule } from './doors/health/health.module.js';
import { LinkModule } from './doors/link/link.module.js';
import { MonitoringModule } from './doors/monitoring/monitoring.module.js';
import { WebModule } from './doors/web/web.module.js';
import { ExperimentsModule } from './experiments/experiments.module.js';
import { MachinesModule } from './machines/machines.module.js';
import { BlobsModule } from './platform/blobs/blobs.module.js';
import type { Config } from './platform/config/config.js';
import { ConfigModule } from './platform/config/config.module.js';
import { DatabaseModule } from './platform/database/database.module.js';
import { HttpModule } from './platform/http/http.module.js';
import { ProblemFilter } from './platform/http/problem.filter.js';
import { MetersModule } from './platform/meters/meters.module.js';
import { RedisModule } from './platform/redis/redis.module.js';
import { EventsModule } from './platform/signals/events.module.js';
import { TlsModule } from './platform/tls/tls.module.js';
import { ProjectCreationModule } from './projects/creation/project-creation.module.js';
import { ExamplesModule } from './projects/examples/examples.module.js';
import { FilesModule } from './projects/files/files.module.js';
import { KnobsModule } from './projects/knobs/knobs.module.js';
import { ProjectsModule } from './projects/projects.module.js';
import { SnapshotsModule } from './projects/snapshots/snapshots.module.js';
import { RunsModule } from './runs/life/runs.module.js';

const PLATFORM = [
  HttpModule,
  HealthModule,
  WebModule,
  AuthModule,
  UsersModule,
  TokensModule,
  ProjectsModule,
  ProjectCreationModule,
  FilesModule,
  BlobsModule,
  KnobsModule,
  SnapshotsModule,
  ExamplesModule,
  MonitoringModule,
];

// Before the runs, so that `runs/evidence` is not taken for the id of one.
const ENGINE = [MachinesModule, ExperimentsModule, RunsModule, CloudModule, LinkModule, EventsGatewayModule];

/** The whole server for one configuration. */
@Module({})
export class AppModule {
  static with(config: Config): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ConfigModule.with(config),
        DatabaseModule,
        RedisModule,
        EventsModule,
        MetersModule,
        TlsModule,
        ...PLATFORM,
        ...ENGINE,
      ],
      providers: [{ provide: APP_FILTER, useClass: ProblemFilter }],
    };
  }
}
