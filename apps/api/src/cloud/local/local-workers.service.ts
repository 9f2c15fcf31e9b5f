import { Injectable } from '@nestjs/common';
import { MachineCredentials } from '../../machines/machine-credentials.js';
import type { MachineRecord } from '../../machines/machines.repository.js';
import type { InstanceRecord } from '../instances/instances.repository.js';
import { LauncherChannel, type WantedWorker } from './launcher-channel.js';

/** Join tokens last for half an hour: one that is this old is replaced. */
const TOKEN_MS = 20 * 60_000;

/** Has the launcher run a worker for each instance of this computer that is wanted. */
@Injectable()
export class LocalWorkers {
  /** Given to workers that have not joined. */
  private readonly tokens = new Map<string, { token: string; at: number }>();

  constructor(
    private readonly launcher: LauncherChannel,
    private readonly credentials: MachineCredentials,
  ) {}

  /** Tells the launcher all that is wanted now; machines are those that instances have become. */
  async tell(instances: readonly InstanceRecord[], machines: ReadonlyMap<string, MachineRecord>): Promise<void> {
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
