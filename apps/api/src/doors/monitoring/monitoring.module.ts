import { Module } from '@nestjs/common';
import { MachinesModule } from '../../machines/machines.module.js';
import { RunRecordsModule } from '../../run-records/run-records.module.js';
import { MonitoringController } from './monitoring.controller.js';
import { MonitoringService } from './monitoring.service.js';

@Module({
  imports: [MachinesModule, RunRecordsModule],
  controllers: [MonitoringController],
  providers: [MonitoringService],
})
export class MonitoringModule {}
