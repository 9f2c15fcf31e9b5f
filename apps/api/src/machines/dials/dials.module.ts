import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { Machine, MachineSchema } from '../machine.schema.js';
import { MachinesModule } from '../machines.module.js';
import { SecretsModule } from '../../platform/secrets/secrets.module.js';
import { CarriedConnections } from './carried-connections.js';
import { Dialler } from './dialler.service.js';
import { DialsController } from './dials.controller.js';
import { DialsRepository } from './dials.repository.js';
import { DialsService } from './dials.service.js';

@Module({
  imports: [MongooseModule.forFeature([{ name: Machine.name, schema: MachineSchema }]), MachinesModule, SecretsModule],
  controllers: [DialsController],
  providers: [CarriedConnections, Dialler, DialsRepository, DialsService],
})
export class DialsModule {}
