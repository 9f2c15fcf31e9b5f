import {
  DEFAULT_IDLE_MINUTES,
  DEFAULT_LIFETIME_HOURS,
  type InstanceList,
  type InstanceType,
  type InstanceView,
  type LaunchInstances,
  LONGEST_LIFETIME_MS,
  type UpdateInstance,
} from '@mle/protocol';
import { Injectable } from '@nestjs/common';
import { MachinesRepository } from '../../machines/machines.repository.js';
import { PoolsRepository } from '../../machines/pools/pools.repository.js';
import { badRequest, conflict, notFound } from '../../platform/http/problem.js';
import { BudgetRepository } from '../budget/budget.repository.js';
import { hostProcessors, leastTaken, localTypes } from '../local/host-processors.js';
import { LauncherChannel } from '../local/launcher-channel.js';
import { InstanceKeeper } from './instance-keeper.service.js';
import { InstanceRuns } from './instance-runs.service.js';
import { instanceView } from './instance-view.js';
import { type InstanceRecord, InstancesRepository } from './instances.repository.js';

const HOUR_MS = 3_600_000;

/** Instances as people launch and end them. What follows from it is done by the keeper. */
@Injectable()
export class InstancesService {
  constructor(
    private readonly instances: InstancesRepository,
    private readonly machines: MachinesRepository,
    private readonly pools: PoolsRepository,
    private readonly budgets: BudgetRepository,
    private readonly launcher: LauncherChannel,
    private readonly keeper: InstanceKeeper,
    private readonly runs: InstanceRuns,
  ) {}

  async list(): Promise<InstanceList> {
    const instances = await this.instances.list();
    const machines = await this.machines.ofInstances(instances.map(({ id }) => id));
    return {
      items: instances.map((each) =>
        instanceView(each, machines.find(({ instanceId }) => instanceId === each.id) ?? null),
      ),
      providers: this.launcher.isThere ? ['local'] : [],
    };
  }

  async get(id: string): Promise<InstanceView> {
    const instance = await this.instances.get(id);
    if (!instance) throw notFound('instance');
    return this.view(instance);
  }

  types(): { items: InstanceType[] } {
    return { items: this.launcher.isThere ? localTypes() : [] };
  }

  /** All of them or none; a repetition with the same key answers what the first has launched. */
  async launch(request: LaunchInstances, key: string | null): Promise<{ items: InstanceView[] }> {
    const { count = 1, poolId } = request;
    this.needLauncher();
    const type = this.typeOf(request);
    if (poolId !== undefined && !(await this.pools.get(poolId)))
      throw badRequest('request.invalid', 'There is no such pool. Choose one that there is.', [
        { path: 'poolId', message: 'There is no such pool.' },
      ]);
    const launched = (await this.launchedBefore(key, count)) ?? (await this.insertAll(request, type, count, key));
    await this.keeper.look();
    return { items: await Promise.all(launched.map(({ id }) => this.get(id))) };
  }

  async change(id: string, { endsAt, idleMinutes }: UpdateInstance): Promise<InstanceView> {
    await this.found(id);
    const end = endsAt === undefined ? null : new Date(endsAt);
    if (end && end.getTime() > Date.now() + LONGEST_LIFETIME_MS)
      throw badRequest('request.invalid', 'An instance lives for at most 7 days from now. Choose an earlier end.', [
        { path: 'endsAt', message: 'Choose an end within 7 days.' },
      ]);
    return this.apply(id, { ...(end && { endsAt: end }), ...(idleMinutes !== undefined && { idleMinutes }) });
  }

  async start(id: string): Promise<InstanceView> {
    const instance = await this.found(id);
    this.needLauncher();
    if (instance.endsAt.getTime() <= Date.now())
      throw conflict('instance.over', 'Its time is over. Launch another one.');
    if (instance.wanted === 'running') return this.view(instance);
    await this.runs.letIn(id);
    return this.apply(id, {
      wanted: 'running',
      startedAt: new Date(),
      busyAt: new Date(),
      restsAt: null,
      reason: null,
      phases: [],
    });
  }

  async stop(id: string): Promise<InstanceView> {
    await this.found(id);
    await this.runs.stopHeld(id, 'its instance was stopped');
    return this.apply(id, { wanted: 'stopped', reason: 'Stopped by a person.' });
  }

  /** One that is over stays so. */
  async terminate(id: string): Promise<InstanceView> {
    const instance = await this.instances.get(id);
    if (!instance) throw notFound('instance');
    if (instance.endedAt) return this.view(instance);
    await this.keeper.terminate(instance, 'Terminated by a person.');
    await this.keeper.look();
    return this.get(id);
  }

  private async apply(id: string, change: Parameters<InstancesRepository['change']>[1]): Promise<InstanceView> {
    // A stop that comes while it is being terminated does not keep it.
    const changed = await this.instances.change(id, change);
    if (!changed) throw over();
    await this.keeper.announce(changed);
    await this.keeper.look();
    return this.get(id);
  }

  private async insertAll(
    request: LaunchInstances,
    { type, cpus }: InstanceType,
    count: number,
    key: string | null,
  ): Promise<InstanceRecord[]> {
    const { instances: places } = await this.budgets.get();
    const host = hostProcessors();
    const living = await this.instances.living();
    const taken = living.flatMap((instance) => instance.cpus ?? []);
    const names = new Set(living.map(({ name }) => name));
    const now = new Date();
    const launched: InstanceRecord[] = [];
    for (let i = 0; i < count; i++) {
      const own = host && cpus < host.length ? leastTaken(host, taken, cpus) : null;
      const name = freeName(request.name ?? 'local', names, request.name !== undefined && count === 1);
      const instance = await this.instances.insert(
        {
          provider: request.provider,
          name,
          type,
          cpus: own,
          wanted: 'running',
          state: 'requested',
          ...(key !== null && { requestKey: `${key}/${i}` }),
          poolIds: request.poolId === undefined ? [] : [request.poolId],
          phases: [{ name: 'requested', at: now }],
          requestedAt: now,
          startedAt: now,
          endsAt: new Date(now.getTime() + (request.lifetimeHours ?? DEFAULT_LIFETIME_HOURS) * HOUR_MS),
          idleMinutes: request.idleMinutes === undefined ? DEFAULT_IDLE_MINUTES : request.idleMinutes,
          reason: null,
          problem: null,
        },
        places,
      );
      if (!instance) {
        await this.instances.giveBack({ ids: launched.map(({ id }) => id) });
        throw conflict(
          'budget.instances',
          `This server may have ${places === 1 ? 'one instance' : `${places} instances`} at once, and ${living.length} ${living.length === 1 ? 'is' : 'are'} there. Terminate one, launch fewer, or raise the limit in Settings.`,
        );
      }
      launched.push(instance);
      taken.push(...(own ?? []));
    }
    await this.instances.release(launched.map(({ id }) => id));
    return launched;
  }

  private async launchedBefore(key: string | null, count: number): Promise<InstanceRecord[] | null> {
    if (key === null) return null;
    const before = await Promise.all(
      Array.from({ length: count }, (_, i) => this.instances.byRequestKey(`${key}/${i}`)),
    );
    const found = before.filter((instance) => instance !== null);
    return found.length === count ? found : null;
  }

  private typeOf({ type }: LaunchInstances): InstanceType {
    const { items } = this.types();
    const chosen = type === undefined ? items[0] : items.find((item) => item.type === type);
    if (!chosen)
      throw badRequest('request.invalid', `There is no type ${type ?? ''} here. GET instances/types lists them.`, [
        { path: 'type', message: 'There is no such type.' },
      ]);
    return chosen;
  }

  private needLauncher(): void {
    if (!this.launcher.isThere)
      throw conflict(
        'instance.no_provider',
        'This server cannot start workers by itself. Instances on this computer need a server that was started by npm start, with MLE_LOCAL_WORKER not 0.',
      );
  }

  private async found(id: string): Promise<InstanceRecord> {
    const instance = await this.instances.get(id);
    if (!instance) throw notFound('instance');
    if (instance.endedAt || instance.wanted === 'gone') throw over();
    return instance;
  }

  private async view(instance: InstanceRecord): Promise<InstanceView> {
    const [machine = null] = await this.machines.ofInstances([instance.id]);
    return instanceView(instance, machine);
  }
}

const over = () => conflict('instance.over', 'This instance has ended, or is about to. Launch another one.');

/** The name itself, or with the first number that is free. */
function freeName(name: string, taken: Set<string>, asItIs: boolean): string {
  let n = 1;
  while (!asItIs && taken.has(`${name} ${n}`)) n++;
  const free = asItIs ? name : `${name} ${n}`;
  taken.add(free);
  return free;
}
