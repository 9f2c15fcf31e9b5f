import type { Buy } from '@mle/protocol';
import type { HourlyPrice } from '../../instances/instance.schema.js';
import type { InstanceRecord } from '../../instances/instances.repository.js';
import type { Zone } from './network.service.js';

/** One way to have the machine of an instance. */
export interface Candidate extends Zone {
  type: string;
  buy: Buy;
}

type Wanted = Pick<InstanceRecord, 'type' | 'alternatives' | 'buy' | 'fallBack' | 'price'>;

/**
 * All zones, then those of each type that may be taken instead; by spot, and then on demand where that was agreed to.
 * The order stays as long as the zones do: how many were passed over says which comes next.
 */
export function candidates(zones: readonly Zone[], { type, alternatives, buy, fallBack }: Wanted): Candidate[] {
  const ways: Buy[] = buy === 'spot' && fallBack ? ['spot', 'on-demand'] : [buy];
  const types = [type, ...alternatives.map((each) => each.type)];
  return ways.flatMap((way) => types.flatMap((each) => zones.map((zone) => ({ ...zone, type: each, buy: way }))));
}

/** What an instance costs as what it became; `onDemand` is the price of its type. */
export function priceOf(
  { type: wanted, alternatives, buy: asked, price }: Wanted,
  { type, buy }: Pick<Candidate, 'type' | 'buy'>,
  onDemand: number,
): HourlyPrice {
  const { address, disk } = price;
  const spot = type === wanted ? price.compute : alternatives.find((each) => each.type === type)?.spot;
  const compute = buy === 'spot' && asked === 'spot' ? (spot ?? onDemand) : onDemand;
  return { compute, address, disk, worst: onDemand + address + disk };
}
