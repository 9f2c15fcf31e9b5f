import {
  DEFAULT_IDLE_MINUTES,
  DEFAULT_LIFETIME_HOURS,
  type InstanceList,
  type InstanceProvider,
  type InstanceType,
  type InstanceTypes,
  type InstanceView,
  type LaunchInstances,
  LONGEST_LIFETIME_MS,
  type UpdateInstance,
} from '@mle/protocol';
import { Inject, Injectable } from '@nestjs/common';
import { MachinesRepository } from '../../machines/machines.repository.js';
import { MachinesService } from '../../machines/machines.service.js';
import { PoolsRepository } from '../../machines/pools/pools.repository.js';
import { CONFIG, type Config } from '../../platform/config/config.js';
import type { AuthUser } from '../../platform/http/current-user.js';
import { badRequest, conflict, forbidden, notFound } from '../../platform/http/problem.js';
import { EventsService } from '../../platform/signals/events.service.js';
import { BudgetGate } from '../budget/budget-gate.service.js';
import { hostProcessors, leastTaken } from '../local/host-processors.js';
import { Providers } from '../providers.service.js';
import { InstanceKeeper, LAST_CALL_MS } from './instance-keeper.service.js';
import { canRest, type Placement } from './instance-provider.js';
import { InstanceRuns } from './instance-runs.service.js';
import { instanceView } from './instance-view.js';
import { type InstanceRecord, InstancesRepository, type NewInstance } from './instances.repository.js';

const HOUR_MS = 3_600_000;

/** Instances as people launch and end them. What follows from it is done by the keeper. */
@Injectable()
export class InstancesService {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly instances: InstancesRepository,
    private readonly machines: MachinesRepository,
    private readonly machinesService: MachinesService,
    private readonly pools: PoolsRepository,
    private readonly gate: BudgetGate,
    private readonly providers: Providers,
    private readonly keeper: InstanceKeeper,
    private readonly runs: InstanceRuns,
    private readonly events: EventsService,
  ) {}

  async list(user: AuthUser): Promise<InstanceList> {
    const instances = await this.instances.list();
    const machines = await this.machines.ofInstances(instances.map(({ id }) => id));
    return {
      items: instances.map((each) =>
        instanceView(each, machines.find(({ instanceId }) => instanceId === each.id) ?? null),
      ),
      providers: (
        await Promise.all(this.providers.all.map(async (each) => ((await each.isThere()) ? [each.name] : [])))
      ).flat(),
      notices: this.providers.all.flatMap((each) => each.notices()),
      ...(await this.gate.allows(user)),
      simulated: this.config.awsEndpoints.ec2 !== null,
    };
  }

  async get(id: string): Promise<InstanceView> {
    const instance = await this.instances.get(id);
    if (!instance) throw notFound('instance');
    return this.view(instance);
  }

  types(provider: InstanceProvider, region?: string): Promise<InstanceTypes> {
    return this.providers.of(provider).types(region);
  }

  /** All of them or none; a repetition with the same key answers what the first has launched. */
  async launch(request: LaunchInstances, givenKey: string | null, user: AuthUser): Promise<{ items: InstanceView[] }> {
    if (!(await this.gate.allows(user)).mayLaunch)
      throw forbidden(
        'instance.admins',
        'Administrators launch instances here. Ask one to launch it, or to let members launch, in Settings, Limits.',
      );
    const key = givenKey === null ? null : `${user.id}/${givenKey}`;
    const { count = 1, poolId } = request;
    const provider = this.providers.of(request.provider);
    await provider.need();
    const type = typeOf(request, await provider.types(request.region));
    if (poolId !== undefined && !(await this.pools.get(poolId)))
      throw badRequest('request.invalid', 'There is no such pool. Choose one that there is.', [
        { path: 'poolId', message: 'There is no such pool.' },
      ]);
    const before = await this.launchedBefore(key, count);
    const launched =
      before ?? (await this.insertAll(request, type, await provider.place(request, type), count, key, user));
    const look = this.keeper.look(request.provider);
    // A process is there at once; a machine of the cloud is not waited for.
    if (request.provider === 'local') await look;
    return { items: await Promise.all(launched.map(({ id }) => this.get(id))) };
  }

  async change(id: string, { name, endsAt, idleMinutes }: UpdateInstance, user: AuthUser): Promise<InstanceView> {
    const instance = await this.found(id, user);
    const end = endsAt === undefined ? null : new Date(endsAt);
    if (end && end.getTime() > Date.now() + LONGEST_LIFETIME_MS)
      throw badRequest('request.invalid', 'An instance lives for at most 7 days from now. Choose an earlier end.', [
        { path: 'endsAt', message: 'Choose an end within 7 days.' },
      ]);
    if (end && end > instance.endsAt) await this.gate.extend(instance, end, user);
    if (name !== undefined) await this.rename(id, name);
    // It took no more runs.
    if (end && instance.endsAt.getTime() - LAST_CALL_MS <= Date.now()) await this.runs.letIn(id);
    const changed = await this.apply(id, {
      ...(name !== undefined && { name }),
      ...(end && { endsAt: end }),
      ...(idleMinutes !== undefined && { idleMinutes }),
    });
    // A machine of the cloud switches itself off at an end that it knows.
    const machine = end && (await this.machines.setEnd(id, end));
    if (machine) this.events.emit('machine.settings', machine.id);
    return changed;
  }

  async start(id: string, user: AuthUser): Promise<InstanceView> {
    const instance = await this.found(id, user);
    await this.providers.of(instance.provider).need();
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

  /** Runs the machine once more whose worker is gone: it boots, and the worker comes back by itself. */
  async restart(id: string, user: AuthUser): Promise<InstanceView> {
    const instance = await this.found(id, user);
    if (instance.state !== 'connecting')
      throw conflict(
        'instance.not_silent',
        'Only an instance whose worker is gone is run again. Look at its state, which may have changed.',
      );
    const provider = this.providers.of(instance.provider);
    await provider.need();
    await provider.reboot(instance);
    return this.apply(id, { startedAt: new Date(), reason: null, phases: [] });
  }

  async stop(id: string, user: AuthUser): Promise<InstanceView> {
    if (!canRest(await this.found(id, user)))
      throw conflict('instance.spot', 'A spot instance cannot be stopped and started again. Terminate it.');
    await this.runs.stopHeld(id, 'its instance was stopped');
    return this.apply(id, { wanted: 'stopped', reason: 'Stopped by a person.' });
  }

  /** One that is over stays so. */
  async terminate(id: string, user: AuthUser): Promise<InstanceView> {
    const instance = await this.permitted(id, user);
    if (instance.endedAt) return this.view(instance);
    await this.keeper.terminate(instance, 'Terminated by a person.');
    await this.lookAgain(instance);
    return this.get(id);
  }

  /** The machine that it became carries the name from then on. */
  private async rename(id: string, name: string): Promise<void> {
    const [machine] = await this.machines.ofInstances([id]);
    if (machine) await this.machinesService.change(machine.id, { name });
  }

  private async apply(id: string, change: Parameters<InstancesRepository['change']>[1]): Promise<InstanceView> {
    // A stop that comes while it is being terminated does not keep it.
    const changed = await this.instances.change(id, change);
    if (!changed) throw over();
    await this.keeper.announce(changed);
    await this.lookAgain(changed);
    return this.get(id);
  }

  private async lookAgain({ provider }: InstanceRecord): Promise<void> {
    const look = this.keeper.look(provider);
    if (provider === 'local') await look;
  }

  private async insertAll(
    request: LaunchInstances,
    { type, cpus }: InstanceType,
    placement: Placement,
    count: number,
    key: string | null,
    user: AuthUser,
  ): Promise<InstanceRecord[]> {
    const host = request.provider === 'local' ? hostProcessors() : null;
    const living = await this.instances.living();
    const taken = living.flatMap((instance) => instance.cpus ?? []);
    const names = new Set(living.map(({ name }) => name));
    const now = new Date();
    const wanted = Array.from({ length: count }, (_, i): NewInstance => {
      const own = host && cpus < host.length ? leastTaken(host, taken, cpus) : null;
      taken.push(...(own ?? []));
      return {
        ...placement,
        provider: request.provider,
        ownerId: user.id,
        name: freeName(request.name ?? request.provider, names, request.name !== undefined && count === 1),
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
      };
    });
    return this.gate.launch(wanted, user);
  }

  private async launchedBefore(key: string | null, count: number): Promise<InstanceRecord[] | null> {
    if (key === null) return null;
    const before = await Promise.all(
      Array.from({ length: count }, (_, i) => this.instances.byRequestKey(`${key}/${i}`)),
    );
    const found = before
      .filter((instance) => instance !== null && !instance.held)
      .filter((instance) => instance !== null);
    return found.length === count ? found : null;
  }

  /** For an administrator, or for whoever launched it. */
  private async permitted(id: string, { id: userId, role }: AuthUser): Promise<InstanceRecord> {
    const instance = await this.instances.get(id);
    if (!instance) throw notFound('instance');
    if (role !== 'admin' && instance.ownerId !== userId)
      throw forbidden('instance.not_yours', 'Whoever launched an instance changes it, or an administrator. Ask one.');
    return instance;
  }

  private async found(id: string, user: AuthUser): Promise<InstanceRecord> {
    const instance = await this.permitted(id, user);
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

function typeOf({ type }: LaunchInstances, { items }: InstanceTypes): InstanceType {
  const first = items.find(({ freeTier }) => freeTier) ?? items[0];
  const chosen = type === undefined ? first : items.find((item) => item.type === type);
  if (!chosen)
    throw badRequest('request.invalid', `There is no type ${type ?? ''} here. GET instances/types lists them.`, [
      { path: 'type', message: 'There is no such type.' },
    ]);
  return chosen;
}
