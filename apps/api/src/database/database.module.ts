import { Global, Module, type OnModuleInit } from '@nestjs/common';
import { InjectConnection, MongooseModule } from '@nestjs/mongoose';
import type { Connection } from 'mongoose';
import { CONFIG, type Config } from '../config/config.js';
import { logger } from '../logging/logger.js';
import { MIGRATIONS } from './migrations.js';
import { migrate } from './migration-runner.js';

/** One connection that comes back by itself. The data is migrated before any model uses it. */
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
        retryAttempts: 5,
        retryDelay: 500,
        connectionFactory: async (connection: Connection) => {
          await migrate(connection, MIGRATIONS, config);
          return connection;
        },
      }),
    }),
  ],
})
export class DatabaseModule implements OnModuleInit {
  constructor(@InjectConnection() private readonly connection: Connection) {}

  /** Runs before the hooks of all other modules: nothing is written before its unique indexes exist. */
  async onModuleInit(): Promise<void> {
    const models = Object.values(this.connection.models);
    for (const model of models) await model.createIndexes();
    logger.debug({ models: models.map(({ modelName }) => modelName) }, 'indexes are in place');
  }
}
