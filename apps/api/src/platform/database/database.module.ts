import { Global, Inject, Module, type OnModuleInit } from '@nestjs/common';
import { InjectConnection, MongooseModule } from '@nestjs/mongoose';
import type { Connection } from 'mongoose';
import { CONFIG, type Config } from '../config/config.js';
import { logger } from '../logging/logger.js';
import { failOnClosedConnections } from './closed-connections.js';
import { migrate } from './migration-runner.js';
import { MIGRATIONS } from './migrations.js';

failOnClosedConnections();

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
    await migrate(this.connection, MIGRATIONS, this.config);
    const models = Object.values(this.connection.models);
    for (const model of models) await model.createIndexes();
    logger.debug({ models: models.map(({ modelName }) => modelName) }, 'indexes are in place');
  }
}
