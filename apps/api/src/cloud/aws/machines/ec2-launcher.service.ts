import { randomUUID } from 'node:crypto';
import { RunInstancesCommand } from '@aws-sdk/client-ec2';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../../platform/config/config.js';
import { logger } from '../../../platform/logging/logger.js';
import type { Sighting } from '../../instances/instance-provider.js';
import { type InstanceRecord, InstancesRepository } from '../../instances/instances.repository.js';
import type { AwsClients } from '../aws-clients.service.js';
import { type AwsFailure, inWords } from '../aws-errors.js';
import { ImagesService } from '../catalogue/images.service.js';
import { OnDemandPrices } from '../catalogue/on-demand-prices.service.js';
import { pricedTypes } from '../catalogue/price-table.js';
import { installationId } from '../keys/installation-id.js';
import { type Candidate, candidates, priceOf } from '../launch/candidates.js';
import { launchRequest } from '../launch/launch-request.js';
import { NetworkService } from '../launch/network.service.js';
import { ReachService } from '../launch/reach.service.js';
import { serverMark } from '../servers/server-mark.js';
import { userData } from '../user-data/user-data.js';
import { Ec2Machines } from './ec2-machines.service.js';

/** A launch whose answer did not come is looked for this long before it is sent again. */
const LOOK_MS = 3_000;
const MOST_UNCLEAR = 20;

/** Launches the machine of an instance, such that a server that dies in between leaves no second one and loses none. */
@Injectable()
export class Ec2Launcher {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly instances: InstancesRepository,
    private readonly reach: ReachService,
    private readonly images: ImagesService,
    private readonly prices: OnDemandPrices,
    private readonly network: NetworkService,
    private readonly machines: Ec2Machines,
  ) {}

  /** One try, for an instance of which no machine was listed. */
  async launch(clients: AwsClients, instance: InstanceRecord): Promise<Sighting> {
    const { attempt } = instance;
    if (attempt && Date.now() - attempt.at.getTime() < LOOK_MS) return sighting('asked');
    let vcpus: number | undefined;
    try {
      const { vpcId, zones } = await this.network.zones(clients);
      const candidate = candidates(zones, instance)[instance.passedOver];
      if (!candidate) return failed(inWords(named('InsufficientInstanceCapacity')));
      vcpus = pricedTypes(instance.region ?? '').find(({ type }) => type === candidate.type)?.cpus;
      // Before anything is sent its token is written down: whoever comes after a crash sends the same.
      const next = { token: attempt?.token ?? randomUUID(), at: new Date(), unclear: attempt?.unclear ?? 0 };
      const claimed = await this.instances.change(instance.id, { attempt: next }, { wanted: 'running', attempt });
      if (!claimed) return sighting('asked');
      return await this.send(clients, claimed, vpcId, candidate);
    } catch (error) {
      return this.failure(clients, instance, error, vcpus);
    }
  }

  private async send(
    clients: AwsClients,
    instance: InstanceRecord,
    vpcId: string,
    { type, buy, subnetId, name: zone }: Candidate,
  ): Promise<Sighting> {
    const { id, name, attempt, region, endsAt } = instance;
    const { types } = await this.prices.of(clients, region ?? '');
    const priced = types.find((each) => each.type === type);
    if (!attempt || !priced) return sighting('asked');
    const installation = installationId(this.config.secretKey);
    const [image, securityGroupId, reach] = await Promise.all([
      this.images.find(clients, priced, instance.image ?? undefined),
      this.network.securityGroup(clients, vpcId, installation, instance.way),
      this.reach.of(instance),
    ]);
    const request = launchRequest({
      ...{ type, buy, subnetId, securityGroupId, clientToken: attempt.token },
      ...{ imageId: image.id, rootDevice: image.rootDevice, diskGb: Math.max(instance.diskGb, image.smallestGb) },
      userData: userData({ reach, name, endsAt }),
      tags: {
        Name: `mle ${name}`,
        'mle:installation': installation,
        'mle:instance': id,
        'mle:expires': endsAt.toISOString(),
        'mle:server': await serverMark(this.config.dataDir),
      },
    });
    const { Instances: [machine] = [] } = await clients.ec2.send(new RunInstancesCommand(request));
    const providerId = machine?.InstanceId ?? null;
    logger.info({ instanceId: id, providerId, zone, buy }, 'an instance was launched');
    const price = priceOf(instance, { type, buy }, priced.pricePerHour);
    await this.instances.change(id, { providerId, zone, type, buy, price });
    return sighting('coming');
  }

  private async failure(
    clients: AwsClients,
    instance: InstanceRecord,
    error: unknown,
    vcpus: number | undefined,
  ): Promise<Sighting> {
    const current = await this.instances.get(instance.id);
    const failure = inWords(error, vcpus);
    const { code, verdict, detail } = failure;
    logger.warn({ instanceId: instance.id, code, verdict, detail }, 'a launch did not succeed');
    if (!current?.attempt) return failed(failure);
    if (code === 'IdempotentParameterMismatch') return this.fetch(clients, current, current.attempt.token);
    if (verdict === 'elsewhere') {
      await this.instances.change(instance.id, { attempt: null, passedOver: instance.passedOver + 1 });
      const { zones } = await this.network.zones(clients);
      const another = candidates(zones, instance).length > instance.passedOver + 1;
      return another ? sighting('asked') : failed(failure);
    }
    if (verdict === 'final') await this.instances.change(instance.id, { attempt: null });
    const unclear = current.attempt.unclear + 1;
    if (verdict === 'unclear' && unclear < MOST_UNCLEAR) {
      await this.instances.change(instance.id, { attempt: { ...current.attempt, at: new Date(), unclear } });
      return sighting('asked');
    }
    return failed(failure);
  }

  /** The token has launched a machine before, with another script. */
  private async fetch(clients: AwsClients, { id }: InstanceRecord, token: string): Promise<Sighting> {
    const [machine] = await this.machines.byToken(clients, token);
    if (machine) await this.instances.change(id, { providerId: machine.id, zone: machine.zone });
    return sighting(machine ? 'coming' : 'asked');
  }
}

const sighting = (presence: Sighting['presence']): Sighting => ({ presence, problem: null, over: null });

function failed({ code, sentence, detail, requestId }: AwsFailure): Sighting {
  return { presence: 'nothing', problem: { code, sentence, detail, requestId }, over: null };
}

function named(name: string): Error {
  const error = new Error(name);
  error.name = name;
  return error;
}
