import { setTimeout as sleep } from 'node:timers/promises';
import { Global, Inject, Module, type OnModuleInit } from '@nestjs/common';
import { InjectConnection, MongooseModule } from '@nestjs/mongoose';
import type { Connection } from 'mongoose';
import { CONFIG, type Config } from '../config/config.js';
import { isOutage } from '../http/problem.js';
import { logger } from '../logging/logger.js';
import { failOnClosedConnections } from './closed-connections.js';
import { migrate } from './migration-runner.js';
import { MIGRATIONS } from './migrations.js';

failOnClosedConnections();

/** A database that is started anew at the same time as this server is no reason to give up. */
const START_OUTAGES = 3;
const START_PAUSE_MS = 500;

/** One connection that comes back by itself. */
@Global()
@Module({
  imports: [
    MongooseModule.forRootAsync({
      inject: [CONFIG],
      useFactory: (config: Config) => ({
        uri: config.mongodbUri,
        // Requests during an outage fail soon, as a problem that says so, instead of waiting in memory.
        serverSelectionTimeoutMS: 3_000,
        heartbeatFrequencyMS: 2_000,
        socketTimeoutMS: 30_000,
        bufferCommands: false,
        autoCreate: false,
        autoIndex: false,
        appName: 'mle-api',
        retryAttempts: 2,
        retryDelay: 500,
      }),
    }),
  ],
})
export class DatabaseModule implements OnModuleInit {
  constructor(
    @InjectConnection() private readonly connection: Connection,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * Runs before the hooks of all other modules: nothing is read before it is migrated, or written before its unique
   * indexes exist.
   */
  async onModuleInit(): Promise<void> {
    for (let outages = 0; ; outages++) {
      try {
        return await this.prepare();
      } catch (error) {
        if (!isOutage(error) || outages === START_OUTAGES) throw error;
        logger.warn({ err: error }, 'the database went away during the start; it is tried again');
        await sleep(START_PAUSE_MS);
      }
    }
  }

  private async prepare(): Promise<void> {
    await migrate(this.connection, MIGRATIONS, this.config);
    const models = Object.values(this.connection.models);
    for (const model of models) await model.createIndexes();
    logger.debug({ models: models.map(({ modelName }) => modelName) }, 'indexes are in place');
  }
}
