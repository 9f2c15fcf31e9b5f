import {
  IdSchema,
  type JoinTokenView,
  JoinTokenViewSchema,
  type MachineView,
  MachineViewSchema,
  type UpdateMachine,
  UpdateMachineSchema,
} from '@mle/protocol';
import { Controller, Delete, Get, Inject, Patch, Post, Req } from '@nestjs/common';
import type { Request } from 'express';
import { z } from 'zod';
import { CONFIG, type Config } from '../platform/config/config.js';
import { AdminOnly } from '../platform/http/current-user.js';
import { Returns, ZodBody, ZodParam } from '../platform/http/zod.js';
import { ServerCertificate } from '../platform/tls/server-certificate.js';
import { MachinesService } from './machines.service.js';
import { reachability } from './reachability.js';

@Controller('api/v1/machines')
export class MachinesController {
  constructor(
    private readonly machines: MachinesService,
    private readonly certificate: ServerCertificate,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  @Get()
  @Returns(200, z.object({ items: z.array(MachineViewSchema) }), 'All machines')
  async list(): Promise<{ items: MachineView[] }> {
    return { items: await this.machines.list() };
  }

  @Post('join-tokens')
  @AdminOnly()
  @Returns(201, JoinTokenViewSchema, 'A one-time token by which a machine joins')
  createJoinToken(@Req() request: Request): Promise<JoinTokenView> {
    const { host, publicUrl } = this.config;
    return this.machines.createJoinToken(
      publicUrl ?? `${request.protocol}://${request.get('host') ?? ''}`,
      this.certificate.serverKey,
      reachability(host, publicUrl),
    );
  }

  @Get(':id')
  @Returns(200, MachineViewSchema, 'A machine')
  get(@ZodParam('id', IdSchema) id: string): Promise<MachineView> {
    return this.machines.get(id);
  }

  @Patch(':id')
  @AdminOnly()
  @Returns(200, MachineViewSchema, 'Changes name, slots, labels, pools or draining')
  change(
    @ZodParam('id', IdSchema) id: string,
    @ZodBody(UpdateMachineSchema) body: UpdateMachine,
  ): Promise<MachineView> {
    return this.machines.change(id, body);
  }

  @Delete(':id')
  @AdminOnly()
  @Returns(204, 'empty', 'Removes a machine without active runs')
  remove(@ZodParam('id', IdSchema) id: string): Promise<void> {
    return this.machines.remove(id);
  }
}
