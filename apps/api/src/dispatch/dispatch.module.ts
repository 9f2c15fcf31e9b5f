import { Module } from '@nestjs/common';
import { MachineCredentialsModule } from '../machines/machine-credentials.module.js';
import { PoolsRepositoryModule } from '../pools/pools-repository.module.js';
import { QueueModule } from '../queue/queue.module.js';
import { RunsRepositoryModule } from '../runs/runs-repository.module.js';
import { WaitingModule } from '../waiting/waiting.module.js';
import { ClaimTurns } from './claim-turns.service.js';
import { Dispatcher } from './dispatcher.service.js';
import { PoolQueues } from './pool-queues.service.js';

@Module({
  imports: [MachineCredentialsModule, PoolsRepositoryModule, QueueModule, RunsRepositoryModule, WaitingModule],
  providers: [ClaimTurns, Dispatcher, PoolQueues],
  exports: [ClaimTurns, Dispatcher, PoolQueues],
})
export class DispatchModule {}
