import { Module } from '@nestjs/common';
import { MachinesModule } from '../../machines/machines.module.js';
import { RunsRepositoryModule } from '../../run-records/runs-repository.module.js';
import { MonitoringController } from './monitoring.controller.js';
import { MonitoringService } from './monitoring.service.js';

@Module({ imports: [MachinesModule, RunsRepositoryModule], controllers: [MonitoringController], providers: [MonitoringService] })
export class MonitoringModule {}
