import type { InstanceTypes } from '@mle/protocol';
import { Injectable } from '@nestjs/common';
import { MachineCredentials } from '../../machines/machine-credentials.js';
import type { MachineRecord } from '../../machines/machines.repository.js';
import { conflict } from '../../platform/http/problem.js';
import type { MachineProvider, Placement, Sighting } from '../instances/instance-provider.js';
import type { InstanceRecord } from '../instances/instances.repository.js';
import { localTypes } from './host-processors.js';
import { LauncherChannel, type Report, type WantedWorker } from './launcher-channel.js';

/** Join tokens last for half an hour: one that is this old is replaced. */
const TOKEN_MS = 20 * 60_000;

/** This computer: the launcher runs a worker for each instance that is wanted. */
@Injectable()
export class LocalProvider implements MachineProvider {
  readonly name = 'local';
  /** Given to workers that have not joined. */
  private readonly tokens = new Map<string, { token: string; at: number }>();

  constructor(
    private readonly launcher: LauncherChannel,
    private readonly credentials: MachineCredentials,
  ) {}

  isThere(): Promise<boolean> {
    return Promise.resolve(this.launcher.isThere);
  }

  async need(): Promise<void> {
    if (!(await this.isThere()))
      throw conflict(
        'instance.no_provider',
        'This server cannot start workers by itself. Instances on this computer need a server that was started by npm start, with MLE_LOCAL_WORKER not 0.',
      );
  }

  async types(): Promise<InstanceTypes> {
    const items = (await this.isThere()) ? localTypes() : [];
    return { items, pricedAt: null, factor: 1, region: null, diskPerGbHour: 0, addressPerHour: 0 };
  }

  place(): Promise<Placement> {
    const price = { compute: 0, address: 0, disk: 0, worst: 0 };
    return Promise.resolve({
      region: null,
      image: null,
      buy: 'on-demand',
      fallBack: false,
      way: 'join',
      diskGb: 0,
      alternatives: [],
      price,
    });
  }

  async reconcile(
    living: readonly InstanceRecord[],
    machines: ReadonlyMap<string, MachineRecord>,
  ): Promise<ReadonlyMap<string, Sighting> | null> {
    if (!this.launcher.isThere) return null;
    await this.tell(living, machines);
    const { report } = this.launcher;
    // Nothing is known of the processes before the launcher has spoken.
    if (!report) return null;
    return new Map(living.map(({ id }) => [id, sightingOf(id, report)]));
  }

  reboot(): Promise<void> {
    throw conflict(
      'instance.local',
      'A worker on this computer is started again by the program that started the server. Wait a moment, or terminate it and launch another one.',
    );
  }

  /** What keeps its worker from starting comes with the launcher's report. */
  console(): Promise<null> {
    return Promise.resolve(null);
  }

  notices(): string[] {
    return [];
  }

  /** Tells the launcher all that is wanted now. */
  private async tell(
    instances: readonly InstanceRecord[],
    machines: ReadonlyMap<string, MachineRecord>,
  ): Promise<void> {
    const workers: WantedWorker[] = [];
    for (const instance of instances.filter(({ wanted }) => wanted === 'running')) {
      const { id, name, cpus, endsAt } = instance;
      const token = machines.has(id) ? null : await this.token(instance);
      workers.push({ id, name, cpus, token, endsAt: endsAt.getTime() });
    }
    const kept = instances.filter(({ wanted }) => wanted === 'stopped').map(({ id }) => id);
    for (const id of this.tokens.keys()) if (!workers.some((worker) => worker.id === id)) this.tokens.delete(id);
    this.launcher.want({ workers, kept });
  }

  private async token({ id, name, provider, poolIds }: InstanceRecord): Promise<string> {
    const known = this.tokens.get(id);
    if (known && Date.now() - known.at < TOKEN_MS) return known.token;
    const { token } = await this.credentials.createJoinToken({ instanceId: id, name, provider, poolIds });
    this.tokens.set(id, { token, at: Date.now() });
    return token;
  }
}

function sightingOf(id: string, { workers, folders }: Report): Sighting {
  const worker = workers.find((each) => each.id === id);
  const presence = worker ? 'running' : folders.includes(id) ? 'resting' : 'nothing';
  const sentence = 'Its worker could not be started. Look at the details, and launch another one.';
  const detail = worker?.problem?.slice(0, 2_000) ?? null;
  return {
    presence,
    problem: detail === null ? null : { code: 'worker.failed', sentence, detail, requestId: null },
    over: null,
  };
}
