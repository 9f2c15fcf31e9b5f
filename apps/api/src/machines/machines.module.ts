import { Module } from '@nestjs/common';
import { PoolsRepositoryModule } from './pools/pools-repository.module.js';
import { QueueModule } from './queue/queue.module.js';
import { RunsRepositoryModule } from '../run-records/runs-repository.module.js';
import { MachineCredentialsModule } from './machine-credentials.module.js';
import { MachinesController } from './machines.controller.js';
import { MachinesService } from './machines.service.js';

@Module({
  imports: [MachineCredentialsModule, PoolsRepositoryModule, QueueModule, RunsRepositoryModule],
  controllers: [MachinesController],
  providers: [MachinesService],
  exports: [MachinesService, MachineCredentialsModule],
})
export class MachinesModule {}
