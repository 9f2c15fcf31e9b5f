import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { MachinesModule } from '../machines/machines.module.js';
import { SecretsModule } from '../platform/secrets/secrets.module.js';
import { RunRecordsModule } from '../run-records/run-records.module.js';
import { RunsModule } from '../runs/life/runs.module.js';
import { AwsClientsService } from './aws/aws-clients.service.js';
import { AwsProvider } from './aws/aws-provider.service.js';
import { ImagesService } from './aws/catalogue/images.service.js';
import { OnDemandPrices } from './aws/catalogue/on-demand-prices.service.js';
import { QuotasService } from './aws/catalogue/quotas.service.js';
import { SpotPrices } from './aws/catalogue/spot-prices.service.js';
import { TypesService } from './aws/catalogue/types.service.js';
import { DialDoors } from './aws/dial/dial-doors.service.js';
import { Introducer } from './aws/dial/introducer.service.js';
import { Introductions } from './aws/dial/introductions.service.js';
import { OwnAddressService } from './aws/dial/own-address.service.js';
import { AwsCheckService } from './aws/keys/aws-check.service.js';
import { AwsSettingsController } from './aws/keys/aws-settings.controller.js';
import { AwsSettingsRepository } from './aws/keys/aws-settings.repository.js';
import { AwsSettingsModelSchema, StoredAwsSettings } from './aws/keys/aws-settings.schema.js';
import { NetworkService } from './aws/launch/network.service.js';
import { ReachService } from './aws/launch/reach.service.js';
import { CloudLeaseRepository } from './aws/machines/cloud-lease.repository.js';
import { CloudLease, CloudLeaseSchema, CloudStranger, CloudStrangerSchema } from './aws/machines/cloud-lease.schema.js';
import { Ec2Launcher } from './aws/machines/ec2-launcher.service.js';
import { Ec2Machines } from './aws/machines/ec2-machines.service.js';
import { Ec2Reconciler } from './aws/machines/ec2-reconciler.service.js';
import { OtherServer, OtherServerSchema } from './aws/servers/other-server.schema.js';
import { OtherServersRepository } from './aws/servers/other-servers.repository.js';
import { BudgetController } from './budget/budget.controller.js';
import { BudgetRepository } from './budget/budget.repository.js';
import { BudgetDecisions, BudgetDecisionsSchema, BudgetModelSchema, StoredBudget } from './budget/budget.schema.js';
import { BudgetGate } from './budget/budget-gate.service.js';
import { Instance, InstanceSchema } from './instances/instance.schema.js';
import { InstanceKeeper } from './instances/instance-keeper.service.js';
import { InstanceRuns } from './instances/instance-runs.service.js';
import { InstancesController } from './instances/instances.controller.js';
import { InstancesRepository } from './instances/instances.repository.js';
import { InstancesService } from './instances/instances.service.js';
import { LauncherChannel } from './local/launcher-channel.js';
import { LocalProvider } from './local/local-provider.service.js';
import { MoneyController } from './money/money.controller.js';
import { MoneyService } from './money/money.service.js';
import { Providers } from './providers.service.js';

/** Machines that come and go by a click: instances, how many there may be, and how they end. */
@Module({
  imports: [
    MongooseModule.forFeature([
      { name: Instance.name, schema: InstanceSchema },
      { name: BudgetDecisions.name, schema: BudgetDecisionsSchema },
      { name: StoredAwsSettings.name, schema: AwsSettingsModelSchema },
      { name: CloudLease.name, schema: CloudLeaseSchema },
      { name: CloudStranger.name, schema: CloudStrangerSchema },
      { name: OtherServer.name, schema: OtherServerSchema },
      { name: StoredBudget.name, schema: BudgetModelSchema },
    ]),
    MachinesModule,
    RunRecordsModule,
    RunsModule,
    SecretsModule,
  ],
  controllers: [AwsSettingsController, BudgetController, InstancesController, MoneyController],
  providers: [
    BudgetRepository,
    InstanceKeeper,
    InstanceRuns,
    InstancesRepository,
    InstancesService,
    LauncherChannel,
    LocalProvider,
    MoneyService,
    Providers,
    BudgetGate,
    AwsCheckService,
    AwsClientsService,
    AwsProvider,
    AwsSettingsRepository,
    CloudLeaseRepository,
    DialDoors,
    Ec2Launcher,
    Ec2Machines,
    Ec2Reconciler,
    ImagesService,
    Introducer,
    Introductions,
    NetworkService,
    OtherServersRepository,
    OwnAddressService,
    QuotasService,
    ReachService,
    OnDemandPrices,
    SpotPrices,
    TypesService,
  ],
  exports: [MoneyService],
})
export class CloudModule {}
