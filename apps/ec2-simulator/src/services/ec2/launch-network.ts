import type { SecurityGroup, Subnet } from '../../account/network.js';
import type { Region } from '../../account/region.js';
import { ServiceError } from '../../wire/service-error.js';
import type { Ec2Call } from './ec2-call.js';

/** Where an instance may go, and who may reach it. */
export interface NetworkWish {
  /** Any of them will do. */
  subnets: Subnet[];
  /** The zone was named, by itself or by its subnet. */
  isPinned: boolean;
  groups: SecurityGroup[];
  isPublic: boolean;
}

export function readNetwork({ parameters, region }: Ec2Call): NetworkWish {
  const [card, ...others] = parameters.structures('NetworkInterface');
  if (others.length > 0)
    throw new ServiceError('InvalidParameterValue', 'More than one network interface is not imitated here.');
  if (card !== undefined && ['SubnetId', 'SecurityGroupId', 'SecurityGroup'].some((name) => parameters.has(name))) {
    const text =
      'Network interfaces and an instance-level subnet ID or security groups may not be specified on the same request';
    throw new ServiceError('InvalidParameterCombination', text);
  }
  const source = card ?? parameters;
  const subnetId = source.text('SubnetId');
  const zone = parameters.text('Placement.AvailabilityZone');
  const subnets = subnetId === undefined ? defaultSubnets(region, zone) : [findSubnet(region, subnetId, zone)];
  return {
    subnets,
    isPinned: subnetId !== undefined || zone !== undefined,
    groups: findGroups(region, source.list('SecurityGroupId'), source.list('SecurityGroup')),
    isPublic: card?.flag('AssociatePublicIpAddress') ?? true,
  };
}

function defaultSubnets(region: Region, zone: string | undefined): Subnet[] {
  if (region.defaultVpc === undefined) {
    throw new ServiceError(
      'VPCIdNotSpecified',
      'No default VPC for this user. GroupName is only supported for EC2-Classic and default VPC.',
    );
  }
  const subnets = [...region.subnets.values()].filter((subnet) => zone === undefined || subnet.zone === zone);
  if (subnets.length > 0) return subnets;
  throw new ServiceError('InvalidParameterValue', `Invalid availability zone: [${zone}]`);
}

function findSubnet(region: Region, id: string, zone: string | undefined): Subnet {
  const subnet = region.subnets.get(id);
  if (subnet === undefined) throw new ServiceError('InvalidSubnetID.NotFound', `The subnet ID '${id}' does not exist`);
  if (zone !== undefined && zone !== subnet.zone) {
    throw new ServiceError('InvalidParameterValue', `The subnet '${id}' is not in the availability zone '${zone}'.`);
  }
  return subnet;
}

function findGroups(region: Region, ids: string[], names: string[]): SecurityGroup[] {
  const all = [...region.groups.values()];
  const named = (names.length === 0 && ids.length === 0 ? ['default'] : names).map((name) => {
    const group = all.find((candidate) => candidate.name === name);
    if (group === undefined)
      throw new ServiceError('InvalidGroup.NotFound', `The security group '${name}' does not exist in default VPC`);
    return group;
  });
  return [...ids.map((id) => findGroup(region, id)), ...named];
}

export function findGroup(region: Region, id: string): SecurityGroup {
  const group = region.groups.get(id);
  if (group === undefined) throw new ServiceError('InvalidGroup.NotFound', `The security group '${id}' does not exist`);
  return group;
}
