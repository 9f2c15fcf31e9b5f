import { Module } from '@nestjs/common';
import { MachineCredentialsModule } from '../../machines/machine-credentials.module.js';
import { PoolsRepositoryModule } from '../../machines/pools/pools-repository.module.js';
import { QueueModule } from '../../machines/queue/queue.module.js';
import { RunsRepositoryModule } from '../../run-records/runs-repository.module.js';
import { WaitingModule } from '../waiting/waiting.module.js';
import { ClaimTurns } from './claim-turns.service.js';
import { Dispatcher } from './dispatcher.service.js';
import { OwnLines } from './own-lines.service.js';
import { PoolQueues } from './pool-queues.service.js';

@Module({
  imports: [MachineCredentialsModule, PoolsRepositoryModule, QueueModule, RunsRepositoryModule, WaitingModule],
  providers: [ClaimTurns, Dispatcher, OwnLines, PoolQueues],
  exports: [ClaimTurns, Dispatcher, OwnLines, PoolQueues],
})
export class DispatchModule {}
