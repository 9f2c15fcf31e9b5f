import { Global, Module } from '@nestjs/common';
import { MachinesModule } from '../../machines/machines.module.js';
import { HealthController } from './health.controller.js';
import { ReadinessChecks } from './readiness-checks.js';

@Global()
@Module({ imports: [MachinesModule], controllers: [HealthController], providers: [ReadinessChecks], exports: [ReadinessChecks] })
export class HealthModule {}
