import type { RegionFacts } from '../catalogue/regions.js';
import { ServiceError } from '../wire/service-error.js';
import type { Instance, Volume } from './instance.js';
import { createDefaultNetwork, type SecurityGroup, type Subnet, type Vpc } from './network.js';
import type { Resource } from './resource.js';

/** An accepted launch: its token answers with the same instances again. */
export interface Launch {
  fingerprint: string;
  reservationId: string;
  instances: Instance[];
}

/** All that an account has in one region. */
export class Region {
  readonly zones: readonly string[];
  readonly vpcs = new Map<string, Vpc>();
  readonly subnets = new Map<string, Subnet>();
  readonly groups = new Map<string, SecurityGroup>();
  readonly instances = new Map<string, Instance>();
  readonly volumes = new Map<string, Volume>();
  readonly launches = new Map<string, Launch>();

  constructor(
    readonly facts: RegionFacts,
    hasDefaultVpc: boolean,
  ) {
    this.zones = facts.zones.map((letter) => facts.name + letter);
    if (!hasDefaultVpc) return;
    const { vpc, subnets, group } = createDefaultNetwork(this.zones);
    this.vpcs.set(vpc.id, vpc);
    this.groups.set(group.id, group);
    for (const subnet of subnets) this.subnets.set(subnet.id, subnet);
  }

  get name(): string {
    return this.facts.name;
  }

  get defaultVpc(): Vpc | undefined {
    return [...this.vpcs.values()].find(({ isDefault }) => isDefault);
  }

  /** The instances that calls find by now. */
  visibleInstances(now: number): Instance[] {
    return [...this.instances.values()].filter(({ visibleAt }) => visibleAt <= now);
  }

  /** The instances with these ids, or the service's error for the first ids that it does not have. */
  instancesOf(ids: readonly string[], now: number): Instance[] {
    const malformed = ids.find((id) => !/^i-[0-9a-f]{8,17}$/.test(id));
    if (malformed !== undefined) throw new ServiceError('InvalidInstanceID.Malformed', `Invalid id: "${malformed}"`);
    const missing = ids.filter((id) => (this.instances.get(id)?.visibleAt ?? Infinity) > now);
    if (missing.length === 1) {
      throw new ServiceError('InvalidInstanceID.NotFound', `The instance ID '${missing[0]}' does not exist`);
    }
    if (missing.length > 1) {
      throw new ServiceError('InvalidInstanceID.NotFound', `The instance IDs '${missing.join(', ')}' do not exist`);
    }
    return [...new Set(ids)].flatMap((id) => this.instances.get(id) ?? []);
  }

  /** What can have tags, as far as calls find it by now. */
  resources(now: number): Resource[] {
    const instances = this.visibleInstances(now);
    return [
      ...instances,
      ...instances.map(({ networkInterface }) => networkInterface),
      ...instances.flatMap(({ spot }) => spot ?? []),
      ...this.volumes.values(),
      ...this.groups.values(),
      ...this.subnets.values(),
      ...this.vpcs.values(),
    ];
  }
}
