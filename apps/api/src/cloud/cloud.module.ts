import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { MachinesModule } from '../machines/machines.module.js';
import { RunRecordsModule } from '../run-records/run-records.module.js';
import { RunsModule } from '../runs/life/runs.module.js';
import { BudgetController } from './budget/budget.controller.js';
import { BudgetRepository } from './budget/budget.repository.js';
import { BudgetModelSchema, StoredBudget } from './budget/budget.schema.js';
import { Instance, InstanceSchema } from './instances/instance.schema.js';
import { InstanceKeeper } from './instances/instance-keeper.service.js';
import { InstanceRuns } from './instances/instance-runs.service.js';
import { InstancesController } from './instances/instances.controller.js';
import { InstancesRepository } from './instances/instances.repository.js';
import { InstancesService } from './instances/instances.service.js';
import { LauncherChannel } from './local/launcher-channel.js';
import { LocalWorkers } from './local/local-workers.service.js';

/** Machines that come and go by a click: instances, how many there may be, and how they end. */
@Module({
  imports: [
    MongooseModule.forFeature([
      { name: Instance.name, schema: InstanceSchema },
      { name: StoredBudget.name, schema: BudgetModelSchema },
    ]),
    MachinesModule,
    RunRecordsModule,
    RunsModule,
  ],
  controllers: [BudgetController, InstancesController],
  providers: [
    BudgetRepository,
    InstanceKeeper,
    InstanceRuns,
    InstancesRepository,
    InstancesService,
    LauncherChannel,
    LocalWorkers,
  ],
})
export class CloudModule {}
