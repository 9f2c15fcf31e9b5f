import { Module } from '@nestjs/common';
import { MachinesModule } from '../../machines/machines.module.js';
import { RunRecordsModule } from '../../run-records/run-records.module.js';
import { RunAnnouncer } from './run-announcer.service.js';
import { WaitingService } from './waiting.service.js';

@Module({
  imports: [MachinesModule, RunRecordsModule],
  providers: [RunAnnouncer, WaitingService],
  exports: [RunAnnouncer, WaitingService],
})
export class WaitingModule {}
