import { Module } from '@nestjs/common';
import { MachinesModule } from '../machines.module.js';
import { QueueModule } from '../queue/queue.module.js';
import { RunsRepositoryModule } from '../../run-records/runs-repository.module.js';
import { PoolsController } from './pools.controller.js';
import { PoolsRepositoryModule } from './pools-repository.module.js';
import { PoolsService } from './pools.service.js';

@Module({
  imports: [MachinesModule, PoolsRepositoryModule, QueueModule, RunsRepositoryModule],
  controllers: [PoolsController],
  providers: [PoolsService],
})
export class PoolsModule {}
