/** A region as an account sees it. */
export interface RegionFacts {
  name: string;
  /** The letters of its zones. */
  zones: string[];
  /** Not opted in: every call to it is refused. */
  optedIn: boolean;
  /** As the price list calls it. */
  location: string;
  /** Prices, in relation to those of us-east-1. */
  priceFactor: number;
}

export const REGIONS: readonly RegionFacts[] = [
  { name: 'us-east-1', zones: ['a', 'b', 'c', 'e'], optedIn: true, location: 'US East (N. Virginia)', priceFactor: 1 },
  { name: 'us-east-2', zones: ['a', 'b', 'c'], optedIn: true, location: 'US East (Ohio)', priceFactor: 1 },
  { name: 'us-west-2', zones: ['a', 'b', 'c'], optedIn: true, location: 'US West (Oregon)', priceFactor: 1 },
  { name: 'eu-west-1', zones: ['a', 'b', 'c'], optedIn: true, location: 'EU (Ireland)', priceFactor: 1.07 },
  { name: 'eu-central-1', zones: ['a', 'b', 'c'], optedIn: true, location: 'EU (Frankfurt)', priceFactor: 1.15 },
  {
    name: 'ap-southeast-2',
    zones: ['a', 'b', 'c'],
    optedIn: true,
    location: 'Asia Pacific (Sydney)',
    priceFactor: 1.25,
  },
  { name: 'eu-south-1', zones: ['a', 'b', 'c'], optedIn: false, location: 'EU (Milan)', priceFactor: 1.17 },
];

export const HOME_REGION = 'us-east-1';
