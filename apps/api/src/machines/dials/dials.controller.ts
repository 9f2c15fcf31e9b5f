import { type ConnectMachine, ConnectMachineSchema, type MachineView, MachineViewSchema } from '@mle/protocol';
import { Controller, Post } from '@nestjs/common';
import { AdminOnly } from '../../platform/http/current-user.js';
import { Returns, ZodBody } from '../../platform/http/zod.js';
import { DialsService } from './dials.service.js';

@Controller('api/v1/machines')
export class DialsController {
  constructor(private readonly dials: DialsService) {}

  @Post('connect')
  @AdminOnly()
  @Returns(201, MachineViewSchema, 'Dials a worker that listens, and adds it as a machine')
  connect(@ZodBody(ConnectMachineSchema) body: ConnectMachine): Promise<MachineView> {
    return this.dials.connect(body);
  }
}
