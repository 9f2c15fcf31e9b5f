import { Module } from '@nestjs/common';
import { MachineCredentialsModule } from '../machine-credentials.module.js';
import { DeliveriesService } from './deliveries.service.js';
import { QueueGate } from './queue-gate.service.js';
import { QueueQuota } from './queue-quota.js';

@Module({
  imports: [MachineCredentialsModule],
  providers: [DeliveriesService, QueueGate, QueueQuota],
  exports: [DeliveriesService, QueueGate],
})
export class QueueModule {}
