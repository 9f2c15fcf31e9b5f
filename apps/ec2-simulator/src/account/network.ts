import { resourceId } from '../base/random-id.js';
import type { Resource } from './resource.js';

export interface Vpc extends Resource {
  readonly kind: 'vpc';
  cidr: string;
  isDefault: boolean;
}

export interface Subnet extends Resource {
  readonly kind: 'subnet';
  vpc: Vpc;
  zone: string;
  cidr: string;
  /** The first two thirds of its addresses, as text. */
  network: string;
  free: number;
  nextHost: number;
}

/** One opening of a security group: a protocol, ports, and one source. */
export interface SecurityRule {
  readonly id: string;
  protocol: string;
  fromPort: number;
  toPort: number;
  source: { cidr: string } | { cidrV6: string } | { groupId: string };
  description?: string;
}

export interface SecurityGroup extends Resource {
  readonly kind: 'security-group';
  name: string;
  description: string;
  vpc: Vpc;
  inbound: SecurityRule[];
}

export function createSecurityGroup(name: string, description: string, vpc: Vpc): SecurityGroup {
  return { id: resourceId('sg'), kind: 'security-group', tags: new Map(), name, description, vpc, inbound: [] };
}

/** The default VPC of a region: a subnet in each zone, and a group whose members reach one another. */
export function createDefaultNetwork(zones: readonly string[]) {
  const vpc: Vpc = { id: resourceId('vpc'), kind: 'vpc', tags: new Map(), cidr: '172.31.0.0/16', isDefault: true };
  const subnets = zones.map((zone, n): Subnet => ({
    id: resourceId('subnet'),
    kind: 'subnet',
    tags: new Map(),
    vpc,
    zone,
    cidr: `172.31.${n * 16}.0/20`,
    network: `172.31.${n * 16}`,
    free: 4091,
    nextHost: 10,
  }));
  const group = createSecurityGroup('default', 'default VPC security group', vpc);
  group.inbound.push({
    id: resourceId('sgr'),
    protocol: '-1',
    fromPort: -1,
    toPort: -1,
    source: { groupId: group.id },
  });
  return { vpc, subnets, group };
}

/** An address of the subnet that no other instance has. */
export function takeAddress(subnet: Subnet): string {
  subnet.free -= 1;
  const host = subnet.nextHost++;
  const [first = '', second = '', third = ''] = subnet.network.split('.');
  return `${first}.${second}.${Number(third) + (Math.floor(host / 250) % 16)}.${(host % 250) + 4}`;
}
