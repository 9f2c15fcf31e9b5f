import type { PoolView } from '@mle/protocol';
import { Injectable } from '@nestjs/common';
import { EventsService } from '../../platform/signals/events.service.js';
import { MachinesRepository } from '../machines.repository.js';
import { type PoolRecord, PoolsRepository } from './pools.repository.js';

/** Pools with their members, as browsers see them. */
@Injectable()
export class PoolAnnouncer {
  constructor(
    private readonly pools: PoolsRepository,
    private readonly machines: MachinesRepository,
    private readonly events: EventsService,
  ) {}

  async views(pools: readonly PoolRecord[]): Promise<PoolView[]> {
    const machines = pools.length === 0 ? [] : await this.machines.list();
    return pools.map(({ id, name, createdAt }) => ({
      id,
      name,
      machineIds: machines.filter(({ poolIds }) => poolIds.includes(id)).map((machine) => machine.id),
      createdAt: createdAt.toISOString(),
    }));
  }

  /** Tells every browser, and the dispatcher of every replica, how the pools are now. */
  async announce(ids: readonly string[]): Promise<PoolView[]> {
    const views = await this.views(await this.pools.byIds(ids));
    for (const view of views) {
      this.events.emit('pool.settings', view.id);
      this.events.publish('pool.changed', {}, view);
    }
    return views;
  }
}
