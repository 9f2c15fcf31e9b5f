import type { CreatePool, PoolView, UpdatePool } from '@mle/protocol';
import { Injectable } from '@nestjs/common';
import { isDuplicate } from '../../platform/database/ids.js';
import { badRequest, conflict, notFound } from '../../platform/http/problem.js';
import { logger } from '../../platform/logging/logger.js';
import { EventsService } from '../../platform/signals/events.service.js';
import { RunLinesRepository } from '../../run-records/run-lines.repository.js';
import { MachinesRepository } from '../machines.repository.js';
import { MachinesService } from '../machines.service.js';
import { DeliveriesService } from '../queue/deliveries.service.js';
import { PoolAnnouncer } from './pool-announcer.service.js';
import { type PoolRecord, PoolsRepository } from './pools.repository.js';

/** Pools as people see and change them. */
@Injectable()
export class PoolsService {
  constructor(
    private readonly pools: PoolsRepository,
    private readonly announcer: PoolAnnouncer,
    private readonly machines: MachinesService,
    private readonly members: MachinesRepository,
    private readonly lines: RunLinesRepository,
    private readonly deliveries: DeliveriesService,
    private readonly events: EventsService,
  ) {}

  async list(): Promise<PoolView[]> {
    return this.announcer.views(await this.pools.list());
  }

  async get(id: string): Promise<PoolView> {
    return this.viewOf(await this.existing(id));
  }

  async create({ name, machineIds = [] }: CreatePool): Promise<PoolView> {
    await this.checkMachines(machineIds);
    const pool = await this.withFreeName(name, () => this.pools.insert(name));
    await this.setMembers(pool.id, machineIds);
    return this.announce(pool);
  }

  async change(id: string, { name, machineIds }: UpdatePool): Promise<PoolView> {
    const before = await this.existing(id);
    if (machineIds) await this.checkMachines(machineIds);
    const pool = name === undefined ? before : await this.withFreeName(name, () => this.pools.rename(id, name));
    if (!pool) throw notFound('pool');
    if (machineIds) await this.setMembers(id, machineIds);
    return this.announce(pool);
  }

  /** Nobody's run is lost: the pool stays while runs wait for it, or may come back to it by a retry. */
  async remove(id: string): Promise<void> {
    const pool = await this.existing(id);
    const active = await this.lines.countActiveOfPool(id);
    if (active > 0) {
      throw conflict(
        'pool.busy',
        `${pool.name} still has ${active === 1 ? 'an active run' : `${active} active runs`}. Stop ${active === 1 ? 'it' : 'them'} first, or wait for the end.`,
      );
    }
    await this.pools.remove(id);
    await this.setMembers(id, []);
    this.events.emit('pool.settings', id);
    this.events.publish('pool.removed', {}, { id });
    await this.deliveries
      .forgetPool(id)
      .catch((error: unknown) =>
        logger.warn({ err: error, poolId: id }, 'the queue of a removed pool is still in Redis'),
      );
  }

  private async announce(pool: PoolRecord): Promise<PoolView> {
    const [view] = await this.announcer.announce([pool.id]);
    return view ?? this.viewOf(pool);
  }

  private async viewOf(pool: PoolRecord): Promise<PoolView> {
    const [view] = await this.announcer.views([pool]);
    if (!view) throw notFound('pool');
    return view;
  }

  private async existing(id: string): Promise<PoolRecord> {
    const pool = await this.pools.get(id);
    if (!pool) throw notFound('pool');
    return pool;
  }

  private async setMembers(poolId: string, machineIds: readonly string[]): Promise<void> {
    for (const machine of await this.members.setMembersOfPool(poolId, machineIds))
      await this.machines.announce(machine);
  }

  private async checkMachines(ids: readonly string[]): Promise<void> {
    const known = new Set((await this.members.list()).map(({ id }) => id));
    const unknown = ids.filter((id) => !known.has(id));
    if (unknown.length > 0) {
      throw badRequest(
        'request.invalid',
        `There is no machine ${unknown.join(', ')}. Choose machines of the Machines page.`,
        [{ path: 'machineIds', message: 'There is no such machine.' }],
      );
    }
  }

  private async withFreeName<T>(name: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (isDuplicate(error))
        throw conflict('pool.name_taken', `There is a pool named ${name} already. Choose another name.`);
      throw error;
    }
  }
}
