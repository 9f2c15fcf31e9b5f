import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { MachineCredentialsModule } from '../machine-credentials.module.js';
import { PoolAnnouncer } from './pool-announcer.service.js';
import { Pool, PoolSchema } from './pool.schema.js';
import { PoolsRepository } from './pools.repository.js';

@Module({
  imports: [MachineCredentialsModule, MongooseModule.forFeature([{ name: Pool.name, schema: PoolSchema }])],
  providers: [PoolAnnouncer, PoolsRepository],
  exports: [PoolAnnouncer, PoolsRepository],
})
export class PoolsRepositoryModule {}
