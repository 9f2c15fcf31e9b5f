export type Architecture = 'x86_64' | 'arm64';

interface Gpu {
  manufacturer: string;
  name: string;
  count: number;
  memoryMib: number;
}

export interface InstanceType {
  name: string;
  vcpus: number;
  memoryMib: number;
  architecture: Architecture;
  gpu: Gpu | null;
  freeTier: boolean;
  /** On-demand Linux in us-east-1, in dollars per hour. */
  price: number;
}

const GPUS: Record<string, Omit<Gpu, 'count' | 'manufacturer'>> = {
  p3: { name: 'V100', memoryMib: 16_384 },
  p4d: { name: 'A100', memoryMib: 40_960 },
  p5: { name: 'H100', memoryMib: 81_920 },
  g4dn: { name: 'T4', memoryMib: 16_384 },
  g5: { name: 'A10G', memoryMib: 24_576 },
  g6: { name: 'L4', memoryMib: 24_576 },
  g6e: { name: 'L40S', memoryMib: 49_152 },
};

const FREE_TIER = new Set(['t3.micro', 't3.small', 't4g.micro', 't4g.small', 'c7i-flex.large', 'm7i-flex.large']);

/** Name, vCPUs, GiB, price per hour, GPUs. */
const ROWS: readonly [string, number, number, number, number?][] = [
  ['t3.micro', 2, 1, 0.0104],
  ['t3.small', 2, 2, 0.0208],
  ['t3.medium', 2, 4, 0.0416],
  ['t3.large', 2, 8, 0.0832],
  ['t4g.micro', 2, 1, 0.0084],
  ['t4g.small', 2, 2, 0.0168],
  ['t4g.medium', 2, 4, 0.0336],
  ['c7i-flex.large', 2, 4, 0.08479],
  ['c7i.large', 2, 4, 0.08925],
  ['c7i.xlarge', 4, 8, 0.1785],
  ['c7i.2xlarge', 8, 16, 0.357],
  ['c7i.4xlarge', 16, 32, 0.714],
  ['m7i-flex.large', 2, 8, 0.09576],
  ['m7i.large', 2, 8, 0.1008],
  ['m7i.xlarge', 4, 16, 0.2016],
  ['m7i.2xlarge', 8, 32, 0.4032],
  ['r7i.large', 2, 16, 0.1323],
  ['r7i.xlarge', 4, 32, 0.2646],
  ['g4dn.xlarge', 4, 16, 0.526, 1],
  ['g4dn.2xlarge', 8, 32, 0.752, 1],
  ['g4dn.12xlarge', 48, 192, 3.912, 4],
  ['g5.xlarge', 4, 16, 1.006, 1],
  ['g5.2xlarge', 8, 32, 1.212, 1],
  ['g5.12xlarge', 48, 192, 5.672, 4],
  ['g5.48xlarge', 192, 768, 16.288, 8],
  ['g6.xlarge', 4, 16, 0.8048, 1],
  ['g6.2xlarge', 8, 32, 0.9776, 1],
  ['g6.12xlarge', 48, 192, 4.6016, 4],
  ['g6e.xlarge', 4, 32, 1.861, 1],
  ['g6e.2xlarge', 8, 64, 2.24208, 1],
  ['g6e.12xlarge', 48, 384, 10.49264, 4],
  ['p3.2xlarge', 8, 61, 3.06, 1],
  ['p4d.24xlarge', 96, 1152, 21.957642, 8],
  ['p5.4xlarge', 16, 256, 6.88, 1],
  ['p5.48xlarge', 192, 2048, 55.04, 8],
];

export const INSTANCE_TYPES: ReadonlyMap<string, InstanceType> = new Map(
  ROWS.map((row) => [row[0], instanceType(row)]),
);

function instanceType([name, vcpus, gib, price, gpus]: (typeof ROWS)[number]): InstanceType {
  const family = familyOf(name);
  const gpu = GPUS[family];
  return {
    name,
    vcpus,
    memoryMib: gib * 1024,
    architecture: family === 't4g' ? 'arm64' : 'x86_64',
    gpu: gpu === undefined || gpus === undefined ? null : { manufacturer: 'NVIDIA', count: gpus, ...gpu },
    freeTier: FREE_TIER.has(name),
    price,
  };
}

/** `g4dn` of `g4dn.xlarge`. */
export function familyOf(typeName: string): string {
  return typeName.slice(0, typeName.indexOf('.'));
}

/** As on the service, not every zone has every type: the large GPUs are in two, and zone e has older ones only. */
export function isOffered(type: InstanceType, zoneName: string): boolean {
  const family = familyOf(type.name);
  if (family.startsWith('p')) return /[ab]$/.test(zoneName);
  if (zoneName.endsWith('e')) return family === 't3' || family === 'g4dn';
  return true;
}
