import { familyOf, type InstanceType } from './instance-types.js';

export type Market = 'on-demand' | 'spot';

export interface QuotaFacts {
  code: string;
  name: string;
  /** The service's value for a new account may be lower. */
  value: number;
}

export const QUOTAS: readonly QuotaFacts[] = [
  { code: 'L-1216C47A', name: 'Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances', value: 256 },
  { code: 'L-34B43A08', name: 'All Standard (A, C, D, H, I, M, R, T, Z) Spot Instance Requests', value: 256 },
  { code: 'L-DB2E81BA', name: 'Running On-Demand G and VT instances', value: 16 },
  { code: 'L-3819A6DF', name: 'All G and VT Spot Instance Requests', value: 8 },
  { code: 'L-417A185B', name: 'Running On-Demand P instances', value: 0 },
  { code: 'L-7212CCBC', name: 'All P4, P3 and P2 Spot Instance Requests', value: 0 },
  { code: 'L-C4BD4855', name: 'All P5 Spot Instance Requests', value: 0 },
];

/** The quota that an instance counts for. All of them are in vCPUs. */
export function quotaCode(type: InstanceType, market: Market): string {
  const family = familyOf(type.name);
  const onDemand = market === 'on-demand';
  if (family.startsWith('g')) return onDemand ? 'L-DB2E81BA' : 'L-3819A6DF';
  if (family.startsWith('p')) return onDemand ? 'L-417A185B' : family === 'p5' ? 'L-C4BD4855' : 'L-7212CCBC';
  return onDemand ? 'L-1216C47A' : 'L-34B43A08';
}
