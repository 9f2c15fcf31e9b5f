import { DEFAULT_DISK_GB, type InstanceType, type InstanceTypes, type LaunchInstances } from '@mle/protocol';
import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { MachineRecord } from '../../machines/machines.repository.js';
import { CONFIG, type Config } from '../../platform/config/config.js';
import { badRequest, conflict, ProblemError } from '../../platform/http/problem.js';
import { logger } from '../../platform/logging/logger.js';
import type { MachineProvider, Placement, Sighting } from '../instances/instance-provider.js';
import type { InstanceRecord } from '../instances/instances.repository.js';
import { AwsClientsService } from './aws-clients.service.js';
import { inWords } from './aws-errors.js';
import { ImagesService } from './catalogue/images.service.js';
import { OnDemandPrices } from './catalogue/on-demand-prices.service.js';
import type { PricedType, RegionPrices } from './catalogue/price-table.js';
import { TypesService } from './catalogue/types.service.js';
import { DialDoors } from './dial/dial-doors.service.js';
import { Introducer } from './dial/introducer.service.js';
import { type AwsAccess, AwsSettingsRepository } from './keys/aws-settings.repository.js';
import { ReachService } from './launch/reach.service.js';
import { CloudLeaseRepository } from './machines/cloud-lease.repository.js';
import { type Ec2Machine, Ec2Machines } from './machines/ec2-machines.service.js';
import { Ec2Reconciler } from './machines/ec2-reconciler.service.js';
import { OtherServersRepository } from './servers/other-servers.repository.js';
import { serverMark } from './servers/server-mark.js';

/** Also without instances it is looked for what should not be there. */
const IDLE_LOOK_MS = 60_000;
const COPIED =
  'Machines of this installation were launched by another server: this one runs on a copy of its data. Nothing is launched, stopped or terminated from here, and each machine ends at its time, until an administrator decides in Settings, AWS.';
const NO_KEYS = conflict('aws.no_keys', 'There are no keys for AWS. An administrator enters them in Settings, AWS.');

/** Amazon EC2. */
@Injectable()
export class AwsProvider implements MachineProvider, OnModuleDestroy {
  readonly name = 'aws';
  private lookedAt = 0;
  private trouble: string | null = null;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly settings: AwsSettingsRepository,
    private readonly clients: AwsClientsService,
    private readonly catalogue: TypesService,
    private readonly prices: OnDemandPrices,
    private readonly images: ImagesService,
    private readonly machines: Ec2Machines,
    private readonly reconciler: Ec2Reconciler,
    private readonly lease: CloudLeaseRepository,
    private readonly others: OtherServersRepository,
    private readonly reach: ReachService,
    private readonly introducer: Introducer,
    private readonly doors: DialDoors,
  ) {}

  async isThere(): Promise<boolean> {
    return (await this.settings.get()) !== null;
  }

  async need(): Promise<void> {
    await this.access();
    if (await this.others.undecided()) throw conflict('aws.copied', COPIED);
  }

  async types(region?: string): Promise<InstanceTypes> {
    const access = await this.access();
    return this.catalogue.list(this.clients.of(access, region), region ?? access.region);
  }

  async place(request: LaunchInstances, { type, pricePerHour }: InstanceType): Promise<Placement> {
    const access = await this.access();
    const { region = access.region, buy = 'on-demand', fallBack = false, diskGb = DEFAULT_DISK_GB } = request;
    const clients = this.clients.of(access, region);
    const prices = await this.prices.of(clients, region);
    const types = [type, ...new Set(request.alternatives)].map((each) => pricedType(prices, each));
    const way = await this.reach.check(request.way);
    // An id is checked before anything is launched; the automatic image is found when it is needed.
    if (request.image?.startsWith('ami-') === true)
      for (const priced of types)
        await this.images.find(clients, priced, request.image).catch((error: unknown) => {
          throw error instanceof ProblemError ? error : badRequest('image', inWords(error).sentence);
        });
    const [address, disk] = [prices.addressPerHour, prices.diskPerGbHour * diskGb];
    const spot = buy === 'spot' ? await this.catalogue.spotOf(clients, region) : new Map<string, number>();
    const alternatives = types.slice(1).map((each) => ({
      type: each.type,
      onDemand: each.pricePerHour,
      spot: spot.get(each.type) ?? null,
    }));
    const dearest = Math.max(...types.map((each) => each.pricePerHour));
    const price = { compute: spot.get(type) ?? pricePerHour, address, disk, worst: dearest + address + disk };
    return { region, image: request.image ?? null, buy, fallBack, way, diskGb, price, alternatives };
  }

  async reconcile(
    living: readonly InstanceRecord[],
    machines: ReadonlyMap<string, MachineRecord>,
  ): Promise<ReadonlyMap<string, Sighting> | null> {
    const access = await this.settings.get();
    if (!access) {
      this.trouble = living.length === 0 ? null : `There are no keys for AWS any more. ${stillThere(living)}`;
      return null;
    }
    if (living.length === 0 && Date.now() - this.lookedAt < IDLE_LOOK_MS) return new Map();
    if (!(await this.lease.hold())) return null;
    this.lookedAt = Date.now();
    const regions = new Set([access.region, ...living.map(({ region }) => region ?? access.region)]);
    try {
      const seen = await Promise.all(
        [...regions].map(async (region) => {
          const clients = this.clients.of(access, region);
          return { region, clients, listed: await this.reconciler.list(clients) };
        }),
      );
      if (await this.others.seen(await this.otherMarks(seen.flatMap(({ listed }) => listed)))) {
        this.trouble = COPIED;
        return null;
      }
      const all = seen.map(({ region, clients, listed }) => {
        const own = living.filter((each) => (each.region ?? access.region) === region);
        return this.reconciler.reconcile(clients, region, own, listed);
      });
      const sightings = (await Promise.all(all)).flat();
      this.trouble = null;
      for (const { region, clients } of seen) await this.doors.keep(clients, region, living);
      for (const each of living) this.introducer.look(each, machines.get(each.id) ?? null);
      return new Map(sightings);
    } catch (error) {
      const { sentence, code } = inWords(error);
      logger.warn({ err: error, code }, 'the machines of AWS could not be listed');
      this.trouble = living.length === 0 ? null : `${sentence} ${stillThere(living)}`;
      return null;
    }
  }

  async reboot({ region, providerId }: InstanceRecord): Promise<void> {
    const access = await this.access();
    if (providerId === null) throw conflict('instance.not_launched', 'It is not launched yet. Wait a moment.');
    await this.machines.reboot(this.clients.of(access, region ?? access.region), providerId).catch((error: unknown) => {
      const { sentence } = inWords(error);
      logger.warn({ err: error, providerId }, 'a machine was not rebooted');
      throw conflict('aws.reboot', sentence);
    });
  }

  async console({ region, providerId }: InstanceRecord): Promise<string | null> {
    const access = await this.settings.get();
    if (!access || providerId === null) return null;
    return this.machines.console(this.clients.of(access, region ?? access.region), providerId).catch(() => null);
  }

  notices(): string[] {
    return [...(this.trouble === null ? [] : [this.trouble]), ...this.doors.notices, ...this.reconciler.notices];
  }

  async onModuleDestroy(): Promise<void> {
    await this.lease.release().catch(() => undefined);
  }

  /** Of servers that launched what lives, and are not this one. */
  private async otherMarks(listed: readonly Ec2Machine[]): Promise<string[]> {
    const own = await serverMark(this.config.dataDir);
    const marks = listed.flatMap(({ server, state }) => (server === null || state === 'terminated' ? [] : [server]));
    return [...new Set(marks)].filter((mark) => mark !== own);
  }

  private async access(): Promise<AwsAccess> {
    const access = await this.settings.get();
    if (!access) throw NO_KEYS;
    return access;
  }
}

function pricedType({ types }: RegionPrices, type: string): PricedType {
  const priced = types.find((each) => each.type === type);
  if (!priced)
    throw badRequest('request.invalid', `There is no price for ${type}. Choose another type.`, [
      { path: 'type', message: `There is no price for ${type}.` },
    ]);
  return priced;
}

/** What nobody can end from here, and when it ends by itself. */
function stillThere(living: readonly InstanceRecord[]): string {
  const last = Math.max(...living.map(({ endsAt }) => endsAt.getTime()));
  const many = living.length === 1 ? 'One instance is' : `${living.length} instances are`;
  return `${many} still there and may cost money; each machine that runs powers itself off at its time, the last ${new Date(last).toISOString().slice(0, 16).replace('T', ' ')} UTC. One that is stopped keeps its disk: remove it in the AWS console, or enter keys again.`;
}
