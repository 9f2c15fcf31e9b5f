import { paginateDescribeInstanceTypes } from '@aws-sdk/client-ec2';
import type { InstanceTypes } from '@mle/protocol';
import { Injectable } from '@nestjs/common';
import type { AwsClients } from '../aws-clients.service.js';
import { OnDemandPrices } from './on-demand-prices.service.js';
import { type PricedType, pricedTypes } from './price-table.js';
import { QuotasService } from './quotas.service.js';
import { SpotPrices } from './spot-prices.service.js';

/** The types that have a price here, as far as the region has them. */
@Injectable()
export class TypesService {
  /** Whether a type of a region is free, of those that it has; what the table says where AWS was not asked. */
  private readonly offered = new Map<string, ReadonlyMap<string, boolean>>();

  constructor(
    private readonly quotas: QuotasService,
    private readonly spot: SpotPrices,
    private readonly onDemand: OnDemandPrices,
  ) {}

  async list(clients: AwsClients, region: string): Promise<InstanceTypes> {
    const priced = pricedTypes(region);
    const codes = new Set(priced.map(({ quotas }) => quotas['on-demand']));
    const [prices, free, limits, spot] = await Promise.all([
      this.onDemand.of(clients, region),
      this.freeOf(clients, region, priced),
      this.quotas.limits(clients, region, codes),
      this.spotOf(clients, region),
    ]);
    const { types, ...rest } = prices;
    const items = types
      .filter(({ type }) => free === null || free.has(type))
      .map(({ type, cpus, memoryGb, gpu, pricePerHour, freeTier, quotas }) => ({
        ...{ type, cpus, memoryGb, gpu, pricePerHour },
        spotPerHour: spot.get(type) ?? null,
        freeTier: free?.get(type) ?? freeTier,
        overQuota: cpus > (limits.get(quotas['on-demand']) ?? Infinity),
      }));
    return { items, region, ...rest };
  }

  /** What the types of the price table cost as spot now, as far as AWS says. */
  spotOf(clients: AwsClients, region: string): Promise<ReadonlyMap<string, number>> {
    return this.spot.of(
      clients,
      region,
      pricedTypes(region).map(({ type }) => type),
    );
  }

  private async freeOf(
    { ec2 }: AwsClients,
    region: string,
    priced: readonly PricedType[],
  ): Promise<ReadonlyMap<string, boolean> | null> {
    const known = this.offered.get(region);
    if (known) return known;
    const Filters = [{ Name: 'instance-type', Values: priced.map(({ type }) => type) }];
    try {
      const free = new Map<string, boolean>();
      for await (const { InstanceTypes = [] } of paginateDescribeInstanceTypes({ client: ec2 }, { Filters }))
        for (const { InstanceType = '', FreeTierEligible = false } of InstanceTypes)
          free.set(InstanceType, FreeTierEligible);
      // An answer without any is no list of what there is.
      if (free.size === 0) return null;
      this.offered.set(region, free);
      return free;
    } catch {
      return null;
    }
  }
}
