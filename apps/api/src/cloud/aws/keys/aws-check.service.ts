import { randomUUID } from 'node:crypto';
import { DescribeRegionsCommand, RunInstancesCommand } from '@aws-sdk/client-ec2';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { type AwsCheck, SMALLEST_DISK_GB } from '@mle/protocol';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../../platform/config/config.js';
import { conflict } from '../../../platform/http/problem.js';
import { type AwsClients, AwsClientsService } from '../aws-clients.service.js';
import { inWords, isCode } from '../aws-errors.js';
import { ImagesService } from '../catalogue/images.service.js';
import { pricedTypes } from '../catalogue/price-table.js';
import { QuotasService } from '../catalogue/quotas.service.js';
import { launchRequest } from '../launch/launch-request.js';
import { NetworkService } from '../launch/network.service.js';
import { ReachService } from '../launch/reach.service.js';
import { AwsSettingsRepository } from './aws-settings.repository.js';
import { installationId } from './installation-id.js';

const LINE_MS = 10_000;
type Line = AwsCheck['items'][number];

/** Tries what a launch needs, line by line, without launching. */
@Injectable()
export class AwsCheckService {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly settings: AwsSettingsRepository,
    private readonly clients: AwsClientsService,
    private readonly images: ImagesService,
    private readonly network: NetworkService,
    private readonly quotas: QuotasService,
    private readonly reach: ReachService,
  ) {}

  async check(): Promise<AwsCheck> {
    const access = await this.settings.get();
    if (!access) throw conflict('aws.no_keys', 'There are no keys for AWS. Enter them first.');
    const clients = this.clients.of(access);
    const { region } = access;
    const items = await Promise.all([
      line('Identity', () => this.identity(clients)),
      line('Region', () => this.region(clients, region)),
      line('Image', async () => `The automatic Ubuntu image is ${await this.image(clients, region)}.`),
      line('Network', async () => {
        const { zones } = await this.network.zones(clients);
        return `The default network has subnets in ${zones.map(({ name }) => name).join(', ')}.`;
      }),
      line('Launch', () => this.dryRun(clients, region)),
      line('Quota, on demand', () => this.quota(clients, 'on-demand')),
      line('Quota, spot', () => this.quota(clients, 'spot')),
    ]);
    const terminate: Line = {
      name: 'Terminate',
      ok: true,
      sentence: 'Tried at the first instance: its permission needs the tag of one.',
      detail: null,
    };
    return { items: [...items.slice(0, 5), terminate, ...items.slice(5), await this.address()] };
  }

  private async identity({ sts }: AwsClients): Promise<string> {
    const { Arn, Account } = await sts.send(new GetCallerIdentityCommand({}));
    return `The keys are those of ${Arn ?? 'an unnamed user'} in the account ${Account ?? 'without a number'}.`;
  }

  private async region({ ec2 }: AwsClients, region: string): Promise<string> {
    const { Regions } = await ec2.send(new DescribeRegionsCommand({ RegionNames: [region] }));
    if (Regions?.[0]?.OptInStatus === 'not-opted-in')
      throw new Refusal(`${region} is not enabled. Enable it in the AWS console.`);
    return `${region} is enabled.`;
  }

  private async image(clients: AwsClients, region: string): Promise<string> {
    return (await this.images.find(clients, smallest(region), 'ubuntu')).id;
  }

  private async dryRun(clients: AwsClients, region: string): Promise<string> {
    const [image, { vpcId, zones }] = await Promise.all([
      this.images.find(clients, smallest(region), 'ubuntu'),
      this.network.zones(clients),
    ]);
    const installation = installationId(this.config.secretKey);
    const request = launchRequest({
      clientToken: randomUUID(),
      type: smallest(region).type,
      imageId: image.id,
      rootDevice: image.rootDevice,
      diskGb: Math.max(SMALLEST_DISK_GB, image.smallestGb),
      buy: 'on-demand',
      subnetId: zones[0]?.subnetId ?? '',
      securityGroupId: await this.network.securityGroup(clients, vpcId, installation, this.reach.way),
      userData: '#!/bin/sh\n',
      tags: { 'mle:installation': installation },
    });
    try {
      await clients.ec2.send(new RunInstancesCommand({ ...request, DryRun: true }));
    } catch (error) {
      if (!isCode(error, 'DryRunOperation')) throw error;
    }
    return 'The keys may launch instances.';
  }

  private async quota(clients: AwsClients, buy: 'on-demand' | 'spot'): Promise<string> {
    const value = await this.quotas.ask(clients, smallest('us-east-1').quotas[buy]);
    if (value === null) throw new Refusal('AWS does not say how many vCPUs there may be. Launches work without that.');
    return `${value} vCPUs of the standard types at once.`;
  }

  private async address(): Promise<Line> {
    const { way, ownAddress, sentence } = await this.reach.view();
    return { name: 'Address', ok: way === 'join' || ownAddress !== null, sentence, detail: null };
  }
}

/** A verdict without an error of AWS. */
class Refusal extends Error {}

const smallest = (region: string) => {
  const [first] = pricedTypes(region).filter(({ architecture }) => architecture === 'x86_64');
  if (!first) throw new Error('The price table is empty.');
  return first;
};

async function line(name: string, look: () => Promise<string>): Promise<Line> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Refusal('AWS did not answer within 10 seconds.')), LINE_MS - 500);
  });
  try {
    return { name, ok: true, sentence: await Promise.race([look(), late]), detail: null };
  } catch (error) {
    if (error instanceof Refusal || (error instanceof Error && error.name === 'ProblemError'))
      return { name, ok: false, sentence: error.message, detail: null };
    const { sentence, detail } = inWords(error);
    return { name, ok: false, sentence, detail };
  } finally {
    clearTimeout(timer);
  }
}
