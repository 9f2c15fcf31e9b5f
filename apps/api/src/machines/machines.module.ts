import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { SecretsModule } from '../platform/secrets/secrets.module.js';
import { RunRecordsModule } from '../run-records/run-records.module.js';
import { CarriedConnections } from './dials/carried-connections.js';
import { Dialler } from './dials/dialler.service.js';
import { DialsController } from './dials/dials.controller.js';
import { DialsRepository } from './dials/dials.repository.js';
import { DialsService } from './dials/dials.service.js';
import { JoinToken, JoinTokenSchema, Machine, MachineSchema } from './machine.schema.js';
import { MachineCredentials } from './machine-credentials.js';
import { MachinePresence } from './machine-presence.service.js';
import { MachinesController } from './machines.controller.js';
import { MachinesRepository } from './machines.repository.js';
import { MachinesService } from './machines.service.js';
import { Pool, PoolSchema } from './pools/pool.schema.js';
import { PoolAnnouncer } from './pools/pool-announcer.service.js';
import { PoolsController } from './pools/pools.controller.js';
import { PoolsRepository } from './pools/pools.repository.js';
import { PoolsService } from './pools/pools.service.js';
import { DeliveriesService } from './queue/deliveries.service.js';
import { QueueGate } from './queue/queue-gate.service.js';
import { QueueQuota } from './queue/queue-quota.js';

/** Who can run: the machines, their pools, their queues, and those that the server dials. */
@Module({
  imports: [
    MongooseModule.forFeature([
      { name: Machine.name, schema: MachineSchema },
      { name: JoinToken.name, schema: JoinTokenSchema },
      { name: Pool.name, schema: PoolSchema },
    ]),
    RunRecordsModule,
    SecretsModule,
  ],
  controllers: [DialsController, MachinesController, PoolsController],
  providers: [
    CarriedConnections,
    DeliveriesService,
    Dialler,
    DialsRepository,
    DialsService,
    MachineCredentials,
    MachinePresence,
    MachinesRepository,
    MachinesService,
    PoolAnnouncer,
    PoolsRepository,
    PoolsService,
    QueueGate,
    QueueQuota,
  ],
  exports: [
    DeliveriesService,
    DialsService,
    MachineCredentials,
    MachinePresence,
    MachinesRepository,
    MachinesService,
    PoolAnnouncer,
    PoolsRepository,
    QueueGate,
  ],
})
export class MachinesModule {}
