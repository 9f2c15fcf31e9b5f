import { setTimeout as sleep } from 'node:timers/promises';
import type { PricingClient } from '@aws-sdk/client-pricing';
import { Injectable } from '@nestjs/common';
import { logger } from '../../../platform/logging/logger.js';
import type { AwsClients } from '../aws-clients.service.js';
import { listedPrice } from './price-list.js';
import { HOURS_A_MONTH, type PricedType, type RegionPrices, tablePrices } from './price-table.js';

const KEPT_MS = 24 * 3_600_000;
/** After a refusal, and while a list is read: whoever asks takes the table. */
const REFUSED_MS = 10 * 60_000;
const PATIENCE_MS = 3_000;
/** The service allows few questions a second. */
const AT_ONCE = 3;

/** Of Linux, paid by the hour, on hardware that others use too. */
const USUAL = {
  operatingSystem: 'Linux',
  tenancy: 'Shared',
  preInstalledSw: 'NA',
  capacitystatus: 'Used',
};

interface Known {
  prices: Promise<RegionPrices>;
  until: number;
}

/**
 * What machines, disks and addresses cost on demand in a region: by the price list of AWS, which is asked once a day,
 * and by the table where it does not answer.
 */
@Injectable()
export class OnDemandPrices {
  private readonly known = new Map<string, Known>();

  async of({ pricing }: AwsClients, region: string): Promise<RegionPrices> {
    const table = tablePrices(region);
    if (pricing === null) return table;
    const known = this.known.get(region);
    const { prices } = known && Date.now() < known.until ? known : this.ask(pricing, region, table);
    return Promise.race([prices, sleep(PATIENCE_MS, table, { ref: false })]);
  }

  private ask(pricing: PricingClient, region: string, table: RegionPrices): Known {
    const known = {
      until: Date.now() + KEPT_MS,
      prices: read(pricing, region, table).catch((error: unknown) => {
        logger.info({ err: error, region }, 'AWS does not tell its prices; those of the table are taken');
        known.until = Date.now() + REFUSED_MS;
        return table;
      }),
    };
    this.known.set(region, known);
    return known;
  }
}

/** A type that the list does not tell keeps its price of the table. */
async function read(pricing: PricingClient, region: string, table: RegionPrices): Promise<RegionPrices> {
  const place = { regionCode: region };
  const disk = await listedPrice(pricing, 'AmazonEC2', 'GB-Mo', { ...place, volumeApiName: 'gp3' });
  if (disk === null) throw new Error('The price list has no disks of this region.');
  const address = await listedPrice(pricing, 'AmazonVPC', 'Hrs', { ...place, group: 'VPCPublicIPv4Address' });
  const types: PricedType[] = [];
  for (let first = 0; first < table.types.length; first += AT_ONCE) {
    const some = table.types.slice(first, first + AT_ONCE).map(async (type) => {
      const price = await listedPrice(pricing, 'AmazonEC2', 'Hrs', { ...place, ...USUAL, instanceType: type.type });
      return { ...type, pricePerHour: price ?? type.pricePerHour };
    });
    types.push(...(await Promise.all(some)));
  }
  return {
    types,
    diskPerGbHour: disk / HOURS_A_MONTH,
    addressPerHour: address ?? table.addressPerHour,
    pricedAt: new Date().toISOString().slice(0, 10),
    factor: 1,
  };
}
