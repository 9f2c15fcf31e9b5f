import { Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { AuthModule } from './auth/auth.module.js';
import { BlobsModule } from './blobs/blobs.module.js';
import type { Config } from './config/config.js';
import { ConfigModule } from './config/config.module.js';
import { DatabaseModule } from './database/database.module.js';
import { DialsModule } from './dials/dials.module.js';
import { EventsGatewayModule } from './events/events-gateway.module.js';
import { EventsModule } from './events/events.module.js';
import { ExamplesModule } from './examples/examples.module.js';
import { FilesModule } from './files/files.module.js';
import { HealthModule } from './health/health.module.js';
import { HttpModule } from './http/http.module.js';
import { ProblemFilter } from './http/problem.filter.js';
import { LinkModule } from './link/link.module.js';
import { MachinesModule } from './machines/machines.module.js';
import { MetersModule } from './monitoring/meters.module.js';
import { MonitoringModule } from './monitoring/monitoring.module.js';
import { PoolsModule } from './pools/pools.module.js';
import { ProjectCreationModule } from './projects/creation/project-creation.module.js';
import { ProjectsModule } from './projects/projects.module.js';
import { RedisModule } from './redis/redis.module.js';
import { RunsModule } from './runs/runs.module.js';
import { SnapshotsModule } from './snapshots/snapshots.module.js';
import { TokensModule } from './tokens/tokens.module.js';
import { UsersModule } from './users/users.module.js';
import { WebModule } from './web/web.module.js';

const PLATFORM = [
  HttpModule, HealthModule, WebModule, AuthModule, UsersModule, TokensModule, ProjectsModule, ProjectCreationModule, FilesModule, BlobsModule,
  SnapshotsModule, ExamplesModule, MonitoringModule,
];

const ENGINE = [MachinesModule, PoolsModule, RunsModule, LinkModule, DialsModule, EventsGatewayModule];

/** The whole server for one configuration. */
@Module({})
export class AppModule {
  static with(config: Config): DynamicModule {
    return {
      module: AppModule,
      imports: [ConfigModule.with(config), DatabaseModule, RedisModule, EventsModule, MetersModule, ...PLATFORM, ...ENGINE],
      providers: [{ provide: APP_FILTER, useClass: ProblemFilter }],
    };
  }
}
