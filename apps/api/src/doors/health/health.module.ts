import { Module } from '@nestjs/common';
import { MachinesModule } from '../../machines/machines.module.js';
import { HealthController } from './health.controller.js';
import { ReadinessService } from './readiness.service.js';

@Module({ imports: [MachinesModule], controllers: [HealthController], providers: [ReadinessService] })
export class HealthModule {}
