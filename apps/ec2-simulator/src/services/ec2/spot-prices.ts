import { INSTANCE_TYPES, type InstanceType, isOffered } from '../../catalogue/instance-types.js';
import { ServiceError } from '../../wire/service-error.js';
import type { XmlObject } from '../../wire/xml.js';
import type { Ec2Call } from './ec2-call.js';
import { type Fields, filtered, fits } from './filters.js';
import { zoneId } from './network-lists.js';

/** Smaller than the service's 1000, so that who does not read on is found out. */
const USUAL_PAGE = 100;
const KEPT_MS = 90 * 86_400_000;
const PRODUCT = 'Linux/UNIX';

interface Pair {
  type: InstanceType;
  zone: string;
}

const FIELDS: Fields<Pair> = {
  'instance-type': ({ type }) => type.name,
  'availability-zone': ({ zone }) => zone,
  'product-description': () => PRODUCT,
};

/** Prices of the last 90 days; for each type and zone the newest first. */
export function describeSpotPriceHistory(call: Ec2Call): XmlObject {
  const { parameters, region, now } = call;
  const names = parameters.list('InstanceType');
  const unknown = names.find((name) => !INSTANCE_TYPES.has(name));
  if (unknown !== undefined) throw new ServiceError('InvalidParameterValue', `Invalid instance type: [${unknown}]`);
  const products = parameters.list('ProductDescription');
  const zone = parameters.text('AvailabilityZone');
  const hasProduct =
    products.length === 0 ||
    products.some((pattern) => fits(PRODUCT, pattern) || pattern === 'Linux/UNIX (Amazon VPC)');
  const pairs = [...INSTANCE_TYPES.values()]
    .filter(({ name }) => hasProduct && (names.length === 0 || names.includes(name)))
    .flatMap((type) => region.zones.filter((name) => isOffered(type, name)).map((name): Pair => ({ type, zone: name })))
    .filter((pair) => zone === undefined || pair.zone === zone);
  const until = Math.min(now, parameters.date('EndTime')?.getTime() ?? now);
  const from = Math.min(until, Math.max(now - KEPT_MS, parameters.date('StartTime')?.getTime() ?? 0));
  const { items, nextToken } = call.page(history(call, filtered(pairs, parameters, FIELDS), from, until), {
    usual: USUAL_PAGE,
  });
  // The service ends its last page with an empty token.
  return { spotPriceHistorySet: items, nextToken: nextToken ?? null };
}

function* history(call: Ec2Call, pairs: readonly Pair[], from: number, until: number): Generator<XmlObject> {
  const { market } = call.account;
  for (const { type, zone } of pairs) {
    for (const time of market.changes(from, until)) {
      yield {
        instanceType: type.name,
        productDescription: PRODUCT,
        spotPrice: market.priceAt(type, zone, time).toFixed(6),
        timestamp: new Date(time),
        availabilityZone: zone,
        availabilityZoneId: zoneId(zone),
      };
    }
  }
}
