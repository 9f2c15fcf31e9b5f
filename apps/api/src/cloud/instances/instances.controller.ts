import {
  IdSchema,
  type InstanceList,
  InstanceListSchema,
  type InstanceTypes,
  InstanceTypesQuerySchema,
  InstanceTypesSchema,
  type InstanceView,
  InstanceViewSchema,
  type LaunchInstances,
  LaunchInstancesSchema,
  type UpdateInstance,
  UpdateInstanceSchema,
} from '@mle/protocol';
import { Controller, Delete, Get, Headers, Patch, Post } from '@nestjs/common';
import { z } from 'zod';
import { type AuthUser, CurrentUser } from '../../platform/http/current-user.js';
import { parsed, Returns, ZodBody, ZodParam, ZodQuery } from '../../platform/http/zod.js';
import { InstancesService } from './instances.service.js';

const KeySchema = z.string().min(1).max(200).nullable();

@Controller('api/v1/instances')
export class InstancesController {
  constructor(private readonly instances: InstancesService) {}

  @Get()
  @Returns(200, InstanceListSchema, 'Instances that live or ended within a day, and where some can be launched')
  list(@CurrentUser() user: AuthUser): Promise<InstanceList> {
    return this.instances.list(user);
  }

  @Get('types')
  @Returns(200, InstanceTypesSchema, 'The types that a provider has, the smallest first')
  types(
    @ZodQuery(InstanceTypesQuerySchema) { provider, region }: z.output<typeof InstanceTypesQuerySchema>,
  ): Promise<InstanceTypes> {
    return this.instances.types(provider, region);
  }

  @Post()
  @Returns(
    201,
    z.object({ items: z.array(InstanceViewSchema) }),
    'Launches instances: administrators, and members within their share. An Idempotency-Key makes a repetition harmless',
  )
  launch(
    @ZodBody(LaunchInstancesSchema) body: LaunchInstances,
    @CurrentUser() user: AuthUser,
    @Headers('idempotency-key') key?: string,
  ): Promise<{ items: InstanceView[] }> {
    return this.instances.launch(body, parsed(KeySchema, key ?? null, 'Idempotency-Key'), user);
  }

  @Get(':id')
  @Returns(200, InstanceViewSchema, 'An instance')
  get(@ZodParam('id', IdSchema) id: string): Promise<InstanceView> {
    return this.instances.get(id);
  }

  @Patch(':id')
  @Returns(200, InstanceViewSchema, 'Changes its name, when it ends, and when it stops if it is idle')
  change(
    @ZodParam('id', IdSchema) id: string,
    @ZodBody(UpdateInstanceSchema) body: UpdateInstance,
    @CurrentUser() user: AuthUser,
  ): Promise<InstanceView> {
    return this.instances.change(id, body, user);
  }

  @Post(':id/start')
  @Returns(200, InstanceViewSchema, 'Starts one that is stopped')
  start(@ZodParam('id', IdSchema) id: string, @CurrentUser() user: AuthUser): Promise<InstanceView> {
    return this.instances.start(id, user);
  }

  @Post(':id/restart')
  @Returns(200, InstanceViewSchema, 'Boots the machine once more whose worker is gone')
  restart(@ZodParam('id', IdSchema) id: string, @CurrentUser() user: AuthUser): Promise<InstanceView> {
    return this.instances.restart(id, user);
  }

  @Post(':id/stop')
  @Returns(200, InstanceViewSchema, 'Stops it and its runs; what it has stays for the next start')
  stop(@ZodParam('id', IdSchema) id: string, @CurrentUser() user: AuthUser): Promise<InstanceView> {
    return this.instances.stop(id, user);
  }

  @Delete(':id')
  @Returns(200, InstanceViewSchema, 'Terminates it: its runs end, its machine and its files go')
  terminate(@ZodParam('id', IdSchema) id: string, @CurrentUser() user: AuthUser): Promise<InstanceView> {
    return this.instances.terminate(id, user);
  }
}
