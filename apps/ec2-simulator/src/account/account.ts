import type { RecordedCall, SimulatorSettings } from '@mle/simulated-ec2';
import type { Clock } from '../base/clock.js';
import { QUOTAS } from '../catalogue/quota-codes.js';
import { REGIONS } from '../catalogue/regions.js';
import { type Caller, createCallers } from './callers.js';
import { Faults } from './faults.js';
import { type Instance, marketOf } from './instance.js';
import { Lifecycle } from './lifecycle.js';
import type { Machines } from './machine.js';
import { Region } from './region.js';
import { SpotMarket } from './spot-market.js';

const KEPT_CALLS = 10_000;

/** A region, and what moves its instances. */
export interface Site {
  region: Region;
  lifecycle: Lifecycle;
}

/** One AWS account: who may call, what it has in each region, and what goes wrong. */
export class Account {
  readonly faults = new Faults();
  readonly market = new SpotMarket();
  readonly callers: [Caller, ...Caller[]];
  private readonly sites: ReadonlyMap<string, Site>;
  private readonly recorded: RecordedCall[] = [];

  constructor(
    readonly settings: SimulatorSettings,
    readonly machines: Machines,
    readonly clock: Clock,
  ) {
    this.callers = createCallers(settings.credentials);
    this.sites = new Map(REGIONS.map((facts) => [facts.name, this.open(new Region(facts, settings.defaultVpc))]));
  }

  site(regionName: string): Site | undefined {
    return this.sites.get(regionName);
  }

  caller(accessKeyId: string): Caller | undefined {
    return this.callers.find((caller) => caller.accessKeyId === accessKeyId);
  }

  quota(code: string): number {
    return this.settings.quotas[code] ?? QUOTAS.find((quota) => quota.code === code)?.value ?? 0;
  }

  instances(): Instance[] {
    return [...this.sites.values()].flatMap(({ region }) => [...region.instances.values()]);
  }

  /** Where an instance is, or undefined. */
  find(instanceId: string): { instance: Instance; site: Site } | undefined {
    for (const site of this.sites.values()) {
      const instance = site.region.instances.get(instanceId);
      if (instance !== undefined) return { instance, site };
    }
    return undefined;
  }

  /** Sets the price of spot instances; those that offer less get their notice. */
  setSpotPrice(instanceType: string, zone: string, price: number | null): void {
    this.market.fix(instanceType, zone, price);
    for (const { region, lifecycle } of this.sites.values()) {
      for (const instance of region.instances.values()) {
        if (instance.spot?.maxPrice == null || instance.type.name !== instanceType || instance.subnet.zone !== zone)
          continue;
        if (instance.spot.maxPrice < this.market.priceAt(instance.type, zone, this.clock.now()))
          lifecycle.interrupt(instance);
      }
    }
  }

  record(call: RecordedCall): void {
    this.recorded.push(call);
    if (this.recorded.length > KEPT_CALLS) this.recorded.shift();
  }

  calls(): readonly RecordedCall[] {
    return this.recorded;
  }

  /** Ends every machine, for the end of the simulator. */
  async close(): Promise<void> {
    this.clock.clear();
    await Promise.all(this.instances().map(({ machine }) => machine.remove()));
  }

  private open(region: Region): Site {
    const mayBoot = (instance: Instance): boolean => {
      const place = { zone: instance.subnet.zone, instanceType: instance.type.name, market: marketOf(instance) };
      const occasion = { action: 'Boot', region: region.name, dryRun: false };
      return this.faults.take({ ...occasion, place }) === null && this.faults.take(occasion) === null;
    };
    return { region, lifecycle: new Lifecycle(region, this.clock, this.settings.timings, mayBoot) };
  }
}
