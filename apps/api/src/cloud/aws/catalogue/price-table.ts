/** Day of the prices: on demand, Linux, us-east-1, from the price list that karpenter-provider-aws ships (Apache-2.0). */
const PRICED_AT = '2026-07-20';
const PRICED_REGION = 'us-east-1';
/** Machines of the dearest region are below this factor of us-east-1, and so are disks of all but one. */
const DEAREST_REGION = 1.7;
export const HOURS_A_MONTH = 730;
/** gp3, per GB and month, and a public IPv4 address, per hour; both in us-east-1. */
const DISK_GB_MONTH = 0.08;
const ADDRESS_HOUR = 0.005;

const GPUS: Record<string, { name: string; memoryGb: number }> = {
  g4dn: { name: 'T4', memoryGb: 16 },
  g5: { name: 'A10G', memoryGb: 24 },
  g6: { name: 'L4', memoryGb: 24 },
  g6e: { name: 'L40S', memoryGb: 48 },
  p3: { name: 'V100', memoryGb: 16 },
  p4d: { name: 'A100', memoryGb: 40 },
  p5: { name: 'H100', memoryGb: 80 },
};
/** Where the account is not asked. */
const FREE_TIER = new Set(['t3.micro', 't3.small', 't4g.micro', 't4g.small', 'c7i-flex.large', 'm7i-flex.large']);

/** Name, vCPUs, GiB, dollars per hour, GPUs; without a GPU first, then by price. */
const ROWS: readonly [string, number, number, number, number?][] = [
  ['t4g.micro', 2, 1, 0.0084],
  ['t3.micro', 2, 1, 0.0104],
  ['t4g.small', 2, 2, 0.0168],
  ['t3.small', 2, 2, 0.0208],
  ['t4g.medium', 2, 4, 0.0336],
  ['t3.medium', 2, 4, 0.0416],
  ['t3.large', 2, 8, 0.0832],
  ['c7i-flex.large', 2, 4, 0.08479],
  ['c7i.large', 2, 4, 0.08925],
  ['m7i-flex.large', 2, 8, 0.09576],
  ['m7i.large', 2, 8, 0.1008],
  ['r7i.large', 2, 16, 0.1323],
  ['c7i.xlarge', 4, 8, 0.1785],
  ['m7i.xlarge', 4, 16, 0.2016],
  ['r7i.xlarge', 4, 32, 0.2646],
  ['c7i.2xlarge', 8, 16, 0.357],
  ['m7i.2xlarge', 8, 32, 0.4032],
  ['c7i.4xlarge', 16, 32, 0.714],
  ['g4dn.xlarge', 4, 16, 0.526, 1],
  ['g4dn.2xlarge', 8, 32, 0.752, 1],
  ['g6.xlarge', 4, 16, 0.8048, 1],
  ['g6.2xlarge', 8, 32, 0.9776, 1],
  ['g5.xlarge', 4, 16, 1.006, 1],
  ['g5.2xlarge', 8, 32, 1.212, 1],
  ['g6e.xlarge', 4, 32, 1.861, 1],
  ['g6e.2xlarge', 8, 64, 2.24208, 1],
  ['p3.2xlarge', 8, 61, 3.06, 1],
  ['g4dn.12xlarge', 48, 192, 3.912, 4],
  ['g6.12xlarge', 48, 192, 4.6016, 4],
  ['g5.12xlarge', 48, 192, 5.672, 4],
  ['p5.4xlarge', 16, 256, 6.88, 1],
  ['g6e.12xlarge', 48, 384, 10.49264, 4],
  ['g5.48xlarge', 192, 768, 16.288, 8],
  ['p4d.24xlarge', 96, 1152, 21.957642, 8],
  ['p5.48xlarge', 192, 2048, 55.04, 8],
];

export interface PricedType {
  type: string;
  cpus: number;
  memoryGb: number;
  gpu: { name: string; count: number; memoryGb: number } | null;
  architecture: 'x86_64' | 'arm64';
  pricePerHour: number;
  freeTier: boolean;
  /** Of the vCPUs that an account may have, on demand and by spot. */
  quotas: Record<'on-demand' | 'spot', string>;
}

/** On demand, in dollars. */
export interface RegionPrices {
  types: PricedType[];
  diskPerGbHour: number;
  addressPerHour: number;
  /** The day on which they were told. */
  pricedAt: string;
  /** By which prices of another region were taken for these; 1: they are those of the region. */
  factor: number;
}

/** What is known without asking. */
export function tablePrices(region: string): RegionPrices {
  const factor = factorOf(region);
  return {
    types: pricedTypes(region),
    diskPerGbHour: (DISK_GB_MONTH / HOURS_A_MONTH) * factor,
    addressPerHour: ADDRESS_HOUR * factor,
    pricedAt: PRICED_AT,
    factor,
  };
}

const factorOf = (region: string): number => (region === PRICED_REGION ? 1 : DEAREST_REGION);

export function pricedTypes(region: string): PricedType[] {
  return ROWS.map(([type, cpus, memoryGb, price, count]) => {
    const [family = ''] = type.split('.');
    const gpu = GPUS[family];
    return {
      type,
      cpus,
      memoryGb,
      gpu: gpu && count !== undefined ? { ...gpu, count } : null,
      architecture: family === 't4g' ? 'arm64' : 'x86_64',
      pricePerHour: price * factorOf(region),
      freeTier: FREE_TIER.has(type),
      quotas: quotasOf(family),
    };
  });
}

function quotasOf(family: string): PricedType['quotas'] {
  if (family.startsWith('g')) return { 'on-demand': 'L-DB2E81BA', spot: 'L-3819A6DF' };
  if (family === 'p5') return { 'on-demand': 'L-417A185B', spot: 'L-C4BD4855' };
  if (family.startsWith('p')) return { 'on-demand': 'L-417A185B', spot: 'L-7212CCBC' };
  return { 'on-demand': 'L-1216C47A', spot: 'L-34B43A08' };
}
