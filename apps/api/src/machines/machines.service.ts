import { type JoinTokenView, type MachineView, type UpdateMachine, VERSION } from '@mle/protocol';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { badRequest, conflict, notFound } from '../platform/http/problem.js';
import { logger } from '../platform/logging/logger.js';
import { EventsService } from '../platform/signals/events.service.js';
import { RunsRepository } from '../run-records/runs.repository.js';
import { MachineCredentials } from './machine-credentials.js';
import { takesMembers } from './machine-fitness.js';
import { type MachineRecord, MachinesRepository } from './machines.repository.js';
import { PoolAnnouncer } from './pools/pool-announcer.service.js';
import { PoolsRepository } from './pools/pools.repository.js';
import { DeliveriesService } from './queue/deliveries.service.js';

/** A page shows at most four changes of a row in a second. */
const ANNOUNCE_MS = 100;

/** Machines as people see and change them. */
@Injectable()
export class MachinesService implements OnModuleDestroy {
  private readonly soon = new Map<string, NodeJS.Timeout>();

  constructor(
    private readonly machines: MachinesRepository,
    private readonly runs: RunsRepository,
    private readonly pools: PoolsRepository,
    private readonly poolAnnouncer: PoolAnnouncer,
    private readonly credentials: MachineCredentials,
    private readonly deliveries: DeliveriesService,
    private readonly events: EventsService,
  ) {}

  onModuleDestroy(): void {
    this.soon.forEach((timer) => clearTimeout(timer));
  }

  async list(): Promise<MachineView[]> {
    const [machines, running] = await Promise.all([this.machines.list(), this.runs.runningByMachine()]);
    return machines.map((machine) => machineView(machine, running.get(machine.id) ?? []));
  }

  async get(id: string): Promise<MachineView> {
    const machine = await this.machines.get(id);
    if (!machine) throw notFound('machine');
    return this.view(machine);
  }

  async change(id: string, change: UpdateMachine): Promise<MachineView> {
    if (change.poolIds) await this.checkPools(change.poolIds);
    const before = await this.machines.get(id);
    const machine = before && (await this.machines.change(id, change));
    if (!machine) throw notFound('machine');
    if (change.takesMembers !== undefined)
      logger.info({ machineId: id, takesMembers: change.takesMembers }, 'who may run on a machine was decided');
    this.events.emit('machine.settings', id);
    if (change.poolIds) await this.poolAnnouncer.announce([...new Set([...before.poolIds, ...machine.poolIds])]);
    return this.announce(machine);
  }

  /**
   * A machine that is gone takes its queue along. Runs that wait for it or are on it have to end first; those of
   * a pool that it has not begun go to other machines.
   */
  async remove(id: string): Promise<void> {
    const machine = await this.machines.get(id);
    if (!machine) throw notFound('machine');
    const active = (await this.runs.activeOn(id)).filter(
      ({ state, targetPoolId }) => state !== 'assigned' || targetPoolId === null,
    ).length;
    if (active > 0)
      throw conflict(
        'machine.busy',
        `${machine.name} still has ${active === 1 ? 'an active run' : `${active} active runs`}. Stop ${active === 1 ? 'it' : 'them'} first, or drain the machine and wait.`,
      );
    await this.machines.remove(id);
    this.events.emit('machine.settings', id);
    this.events.publish('machine.removed', {}, { id });
    await this.poolAnnouncer.announce(machine.poolIds);
    // Nothing is left in the queue but deliveries of ended runs, which nobody takes any more.
    await this.deliveries
      .forget(id)
      .catch((error: unknown) =>
        logger.warn({ err: error, machineId: id }, 'the queue of a removed machine is still in Redis'),
      );
  }

  /** A one-time token, and the command that a person pastes on the machine to add. */
  async createJoinToken(
    serverUrl: string,
    serverKey: string | null,
    reachable: Pick<JoinTokenView, 'warning' | 'addresses'>,
  ): Promise<JoinTokenView> {
    const { token, expiresAt } = await this.credentials.createJoinToken();
    // Whoever vouches for the certificate: the key is compared, and no other server can have it.
    const [trust, key] =
      serverKey === null ? ['', ''] : [`k --pinnedpubkey '${serverKey}'`, ` --server-key '${serverKey}'`];
    const command = `curl -fsSL${trust} ${serverUrl}/worker/install.sh -o mle-install.sh && printf %s ${token} | sh mle-install.sh --url ${serverUrl}${key} --token-stdin`;
    return { token, expiresAt: expiresAt.toISOString(), command, ...reachable };
  }

  async onlineCount(): Promise<number> {
    return (await this.machines.list()).filter(({ online, draining }) => online && !draining).length;
  }

  /** Tells every browser how the machine is now. */
  async announce(machine: MachineRecord): Promise<MachineView> {
    const view = await this.view(machine);
    this.events.publish('machine.changed', {}, view);
    return view;
  }

  /** Announces a machine whose runs changed, once for all that changes within a moment. */
  announceSoon(id: string): void {
    if (this.soon.has(id)) return;
    const announce = async (): Promise<void> => {
      this.soon.delete(id);
      const machine = await this.machines.get(id);
      if (machine) await this.announce(machine);
    };
    const timer = setTimeout(
      () => announce().catch((error: unknown) => logger.debug({ err: error }, 'a machine was not announced')),
      ANNOUNCE_MS,
    );
    this.soon.set(id, timer);
  }

  private async view(machine: MachineRecord): Promise<MachineView> {
    return machineView(machine, (await this.runs.runningByMachine()).get(machine.id) ?? []);
  }

  private async checkPools(ids: readonly string[]): Promise<void> {
    const known = await this.pools.byIds(ids);
    const unknown = ids.filter((id) => !known.some((pool) => pool.id === id));
    if (unknown.length > 0)
      throw badRequest('request.invalid', `There is no pool ${unknown.join(', ')}. Choose pools that there are.`, [
        { path: 'poolIds', message: 'There is no such pool.' },
      ]);
  }
}

function machineView(machine: MachineRecord, running: string[]): MachineView {
  return {
    id: machine.id,
    name: machine.name,
    state: machine.online ? (machine.draining ? 'draining' : 'online') : 'offline',
    draining: machine.draining,
    takesMembers: takesMembers(machine),
    slots: machine.slots,
    running,
    labels: machine.labels,
    poolIds: machine.poolIds,
    provider: machine.provider,
    inventory: machine.inventory,
    version: machine.version,
    outdated: outdated(machine),
    properties: machine.properties,
    connection: machine.dial ? 'dialled-out' : 'dialled-in',
    url: machine.dial?.url ?? null,
    connectionError: machine.dial?.error ?? null,
    load: machine.load,
    lostAfterSeconds: machine.lostAfterSeconds,
    lastSeenAt: machine.lastSeenAt?.toISOString() ?? null,
    createdAt: machine.createdAt.toISOString(),
  };
}

function outdated({ version, provider }: MachineRecord): string | null {
  if (version === null || version === VERSION) return null;
  const how =
    provider === 'local'
      ? 'Stop the server and start it again.'
      : provider === 'aws'
        ? 'It takes that by itself between two runs.'
        : 'On the machine, download the worker again from /worker/worker.mjs of this server and start it again: its runs go on.';
  return `Its worker is of version ${version} and the server of version ${VERSION}. ${how}`;
}
