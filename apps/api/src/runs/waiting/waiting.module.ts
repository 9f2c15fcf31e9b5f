import { Module } from '@nestjs/common';
import { MachinesModule } from '../../machines/machines.module.js';
import { PoolsRepositoryModule } from '../../machines/pools/pools-repository.module.js';
import { RunsRepositoryModule } from '../../run-records/runs-repository.module.js';
import { RunAnnouncer } from './run-announcer.service.js';
import { WaitingService } from './waiting.service.js';

@Module({
  imports: [MachinesModule, PoolsRepositoryModule, RunsRepositoryModule],
  providers: [RunAnnouncer, WaitingService],
  exports: [RunAnnouncer, WaitingService],
})
export class WaitingModule {}
