import { createHash } from 'node:crypto';
import type { InstanceType } from '../catalogue/instance-types.js';
import { REGIONS } from '../catalogue/regions.js';

const HOUR = 3_600_000;

/** On-demand price of a type in a region, in dollars per hour. */
export function onDemandPrice(type: InstanceType, region: string): number {
  const factor = REGIONS.find(({ name }) => name === region)?.priceFactor ?? 1;
  return Number((type.price * factor).toFixed(6));
}

/** Prices that change each hour of the simulation's clock: from 25 % to 55 % of the on-demand price. */
export class SpotMarket {
  private readonly fixed = new Map<string, number>();

  /** A price in place of the clock's; null takes it back. */
  fix(typeName: string, zone: string, price: number | null): void {
    if (price === null) this.fixed.delete(`${typeName} ${zone}`);
    else this.fixed.set(`${typeName} ${zone}`, price);
  }

  priceAt(type: InstanceType, zone: string, time: number): number {
    const fixed = this.fixed.get(`${type.name} ${zone}`);
    if (fixed !== undefined) return fixed;
    const digest = createHash('sha256')
      .update(`${type.name} ${zone} ${Math.floor(time / HOUR)}`)
      .digest();
    const share = 0.25 + 0.3 * (digest.readUInt32BE(0) / 0xffffffff);
    return Number((onDemandPrice(type, zone.slice(0, -1)) * share).toFixed(6));
  }

  /** The moments from which a price held, the newest first, back to the one that held at `from`. */
  *changes(from: number, until: number): Generator<number> {
    for (let hour = Math.floor(until / HOUR) * HOUR; ; hour -= HOUR) {
      yield hour;
      if (hour <= from) return;
    }
  }
}
