import {
  type CreatePool,
  CreatePoolSchema,
  IdSchema,
  type PoolView,
  PoolViewSchema,
  type UpdatePool,
  UpdatePoolSchema,
} from '@mle/protocol';
import { Controller, Delete, Get, Patch, Post } from '@nestjs/common';
import { z } from 'zod';
import { AdminOnly } from '../../platform/http/current-user.js';
import { Returns, ZodBody, ZodParam } from '../../platform/http/zod.js';
import { PoolsService } from './pools.service.js';

@Controller('api/v1/pools')
export class PoolsController {
  constructor(private readonly pools: PoolsService) {}

  @Get()
  @Returns(200, z.object({ items: z.array(PoolViewSchema) }), 'All pools, by name')
  async list(): Promise<{ items: PoolView[] }> {
    return { items: await this.pools.list() };
  }

  @Post()
  @AdminOnly()
  @Returns(201, PoolViewSchema, 'Makes a pool')
  create(@ZodBody(CreatePoolSchema) body: CreatePool): Promise<PoolView> {
    return this.pools.create(body);
  }

  @Get(':id')
  @Returns(200, PoolViewSchema, 'A pool')
  get(@ZodParam('id', IdSchema) id: string): Promise<PoolView> {
    return this.pools.get(id);
  }

  @Patch(':id')
  @AdminOnly()
  @Returns(200, PoolViewSchema, 'Changes the name or the members')
  change(@ZodParam('id', IdSchema) id: string, @ZodBody(UpdatePoolSchema) body: UpdatePool): Promise<PoolView> {
    return this.pools.change(id, body);
  }

  @Delete(':id')
  @AdminOnly()
  @Returns(204, 'empty', 'Removes a pool without active runs')
  remove(@ZodParam('id', IdSchema) id: string): Promise<void> {
    return this.pools.remove(id);
  }
}
