import { DescribeSpotPriceHistoryCommand } from '@aws-sdk/client-ec2';
import { Injectable } from '@nestjs/common';
import type { AwsClients } from '../aws-clients.service.js';

const KEPT_MS = 60_000;

/** What types cost as spot now: of each the dearest of the zones, since nobody knows which one it will be. */
@Injectable()
export class SpotPrices {
  private readonly known = new Map<string, { prices: ReadonlyMap<string, number>; at: number }>();

  /** Types of which AWS says nothing are left out. */
  async of({ ec2 }: AwsClients, region: string, types: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const key = `${region} ${types.join(' ')}`;
    const entry = this.known.get(key);
    if (entry && Date.now() - entry.at < KEPT_MS) return entry.prices;
    const Filters = [
      { Name: 'instance-type', Values: [...types] },
      { Name: 'product-description', Values: ['Linux/UNIX'] },
    ];
    const prices = new Map<string, number>();
    try {
      const StartTime = new Date();
      const { SpotPriceHistory = [] } = await ec2.send(new DescribeSpotPriceHistoryCommand({ Filters, StartTime }));
      for (const { InstanceType = '', SpotPrice } of SpotPriceHistory) {
        const price = Number(SpotPrice);
        if (price > 0) prices.set(InstanceType, Math.max(price, prices.get(InstanceType) ?? 0));
      }
    } catch {
      return prices;
    }
    this.known.set(key, { prices, at: Date.now() });
    return prices;
  }
}
