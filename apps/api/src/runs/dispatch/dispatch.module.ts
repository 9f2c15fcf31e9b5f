import { Module } from '@nestjs/common';
import { UsersModule } from '../../accounts/users/users.module.js';
import { MachinesModule } from '../../machines/machines.module.js';
import { RunRecordsModule } from '../../run-records/run-records.module.js';
import { WaitingModule } from '../waiting/waiting.module.js';
import { ClaimTurns } from './claim-turns.service.js';
import { Dispatcher } from './dispatcher.service.js';
import { OwnLines } from './own-lines.service.js';
import { PoolQueues } from './pool-queues.service.js';

@Module({
  imports: [MachinesModule, RunRecordsModule, UsersModule, WaitingModule],
  providers: [ClaimTurns, Dispatcher, OwnLines, PoolQueues],
  exports: [ClaimTurns, Dispatcher, OwnLines, PoolQueues],
})
export class DispatchModule {}
