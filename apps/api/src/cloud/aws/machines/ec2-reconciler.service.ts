import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../../platform/config/config.js';
import { logger } from '../../../platform/logging/logger.js';
import type { Presence, Sighting } from '../../instances/instance-provider.js';
import { type InstanceRecord, InstancesRepository } from '../../instances/instances.repository.js';
import type { AwsClients } from '../aws-clients.service.js';
import { inWords, isCode } from '../aws-errors.js';
import { installationId } from '../keys/installation-id.js';
import { priceOf } from '../launch/candidates.js';
import { CloudLeaseRepository } from './cloud-lease.repository.js';
import { Ec2Launcher } from './ec2-launcher.service.js';
import { type Ec2Machine, Ec2Machines } from './ec2-machines.service.js';

const MINUTE_MS = 60_000;
/** A machine that was just launched may not be listed yet. */
const CONSISTENT_MS = 3 * MINUTE_MS;
/** What nobody knows may be somebody's: it has so long. */
const STRANGER_MS = 30 * MINUTE_MS;
const PRESENCE: Record<string, Presence> = {
  pending: 'coming',
  running: 'running',
  stopping: 'leaving',
  'shutting-down': 'leaving',
  stopped: 'resting',
  terminated: 'nothing',
};
const WHY: Record<string, string> = {
  'Client.InstanceInitiatedShutdown': 'The machine powered itself off: its time was over, or it could not go on.',
  'Client.UserInitiatedShutdown': 'It was terminated outside of this program.',
  'Server.SpotInstanceTermination': 'AWS took the spot instance back.',
  'Server.SpotInstanceShutdown': 'AWS took the spot instance back.',
  'Server.InternalError': 'AWS ended it because of an error of its own. Launch another one.',
  'Client.VolumeLimitExceeded':
    'The account may have no more disks of this size. Ask AWS for more, or choose a smaller disk.',
};

/** Makes what lives in one region agree with what is wanted. Tags say what lives, the database what is wanted. */
@Injectable()
export class Ec2Reconciler {
  private strangers = new Map<string, string[]>();
  private readonly refusedTags = new Set<string>();

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly instances: InstancesRepository,
    private readonly machines: Ec2Machines,
    private readonly launcher: Ec2Launcher,
    private readonly lease: CloudLeaseRepository,
  ) {}

  /** What everybody has to know of machines that nobody knows. */
  get notices(): string[] {
    return [...this.strangers.values()].flat();
  }

  /** @throws what the SDK throws when the machines cannot be listed. */
  list(clients: AwsClients): Promise<Ec2Machine[]> {
    return this.machines.list(clients, installationId(this.config.secretKey));
  }

  async reconcile(
    clients: AwsClients,
    region: string,
    wanted: readonly InstanceRecord[],
    listed: readonly Ec2Machine[],
  ): Promise<[id: string, sighting: Sighting][]> {
    const unknown: string[] = [];
    for (const machine of listed.filter(({ state, instanceId }) => state !== 'terminated' && !isOf(wanted, instanceId)))
      unknown.push(...(await this.mindUnknown(clients, machine, region)));
    this.strangers.set(region, unknown);
    return Promise.all(
      wanted.map(async (instance): Promise<[string, Sighting]> => {
        const its = listed.filter(({ instanceId }) => instanceId === instance.id);
        return [instance.id, await this.agree(clients, instance, its)];
      }),
    );
  }

  private async agree(clients: AwsClients, instance: InstanceRecord, its: readonly Ec2Machine[]): Promise<Sighting> {
    const living = its.filter(({ state }) => state !== 'terminated');
    const own = living.find(({ id }) => id === instance.providerId) ?? living[0];
    for (const double of living.filter((each) => each !== own)) await this.end(clients, double, 'a second machine');
    if (!own) return this.missing(clients, instance, its);
    if (own.id !== instance.providerId || own.address !== instance.address)
      await this.instances.change(instance.id, { providerId: own.id, zone: own.zone, address: own.address });
    // The server died between the launch as another type and its note.
    const other = instance.alternatives.find(({ type }) => type === own.type && type !== instance.type);
    if (other) {
      const { type, onDemand } = other;
      await this.instances.change(instance.id, {
        type,
        price: priceOf(instance, { type, buy: instance.buy }, onDemand),
      });
    }
    try {
      await this.push(clients, instance, own);
      await this.renew(clients, instance, own);
    } catch (error) {
      logger.warn({ err: error, instanceId: instance.id }, 'a machine was not changed, and is tried again');
    }
    return { presence: PRESENCE[own.state] ?? 'coming', problem: null, over: null };
  }

  /** Asks for the change that brings a machine nearer to what is wanted. */
  private async push(clients: AwsClients, { wanted }: InstanceRecord, { id, state }: Ec2Machine): Promise<void> {
    if (wanted === 'gone' && state !== 'shutting-down') return this.machines.terminate(clients, id);
    if (wanted === 'stopped' && state === 'running') return this.machines.stop(clients, id);
    if (wanted === 'running' && state === 'stopped') return this.machines.start(clients, id);
  }

  /** Who looks in the AWS console sees by the tag when a machine ends. */
  private async renew(clients: AwsClients, { endsAt, wanted }: InstanceRecord, machine: Ec2Machine): Promise<void> {
    const tag = `${machine.id} ${endsAt.toISOString()}`;
    if (wanted === 'gone' || machine.expires === endsAt.toISOString() || this.refusedTags.has(tag)) return;
    try {
      await this.machines.setExpiry(clients, machine.id, endsAt);
    } catch (error) {
      // Nothing depends on it: keys that may not do it are asked once.
      if (inWords(error).verdict !== 'final') throw error;
      this.refusedTags.add(tag);
      logger.warn({ err: error, id: machine.id }, 'the tag with the end of a machine was not changed');
    }
  }

  private async missing(
    clients: AwsClients,
    instance: InstanceRecord,
    ended: readonly Ec2Machine[],
  ): Promise<Sighting> {
    const { wanted, providerId, attempt } = instance;
    const answer = (presence: Presence, over: string | null = null): Sighting => ({ presence, problem: null, over });
    const last = ended.find(({ id }) => id === providerId);
    if (last) return answer('nothing', WHY[last.why] ?? `AWS says that it is terminated (${last.why}).`);
    const recent = attempt !== null && Date.now() - attempt.at.getTime() < CONSISTENT_MS;
    if (wanted === 'gone') {
      // A terminate that is asked for early keeps a machine that is not listed yet from being forgotten.
      if (providerId && recent) await this.endEarly(clients, providerId);
      return answer(recent ? 'leaving' : 'nothing');
    }
    if (providerId) return recent ? answer('coming') : answer('nothing', 'The machine is not there any more.');
    if (wanted === 'stopped') return answer('nothing', 'It was stopped before it was launched.');
    return this.launcher.launch(clients, instance);
  }

  private async endEarly(clients: AwsClients, id: string): Promise<void> {
    try {
      await this.machines.terminate(clients, id);
    } catch (error) {
      logger.warn({ err: error, id }, 'a machine was not terminated, and is tried again');
    }
  }

  /** One of an instance that is over is ended at once; one that nobody knows has its time, and is told of. */
  private async mindUnknown(clients: AwsClients, machine: Ec2Machine, region: string): Promise<string[]> {
    const { id, instanceId, type, state } = machine;
    const known =
      instanceId !== null && /^[0-9a-f]{24}$/.test(instanceId) ? await this.instances.get(instanceId) : null;
    if (known && !known.endedAt) return [];
    if (known) {
      await this.end(clients, machine, 'its instance is over');
      return [];
    }
    const since = await this.lease.strangerSince(id);
    const ends = since.getTime() + STRANGER_MS;
    if (Date.now() >= ends) {
      await this.end(clients, machine, 'nobody knows it');
      return [];
    }
    const minutes = Math.max(1, Math.ceil((ends - Date.now()) / MINUTE_MS));
    return [
      `The machine ${id} (${type}, ${state}) in ${region} has the tag of this installation, and nothing is known of it here. It is terminated in ${minutes} min; to keep it, remove its tag mle:installation in the AWS console.`,
    ];
  }

  private async end(clients: AwsClients, { id, state }: Ec2Machine, why: string): Promise<void> {
    if (state === 'shutting-down') return;
    logger.warn({ id, why }, 'a machine is terminated that is not wanted');
    try {
      await this.machines.terminate(clients, id);
    } catch (error) {
      if (!isCode(error, 'InvalidInstanceID.NotFound')) logger.warn({ id, problem: inWords(error) }, 'it goes on');
    }
  }
}

const isOf = (instances: readonly InstanceRecord[], id: string | null): boolean =>
  id !== null && instances.some((instance) => instance.id === id);
