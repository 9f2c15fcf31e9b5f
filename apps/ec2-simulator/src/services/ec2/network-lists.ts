import { ACCOUNT_ID } from '../../account/callers.js';
import type { Subnet, Vpc } from '../../account/network.js';
import { type RegionFacts, REGIONS } from '../../catalogue/regions.js';
import { ServiceError } from '../../wire/service-error.js';
import type { XmlObject } from '../../wire/xml.js';
import type { Ec2Call } from './ec2-call.js';
import { type Fields, filtered, TAG_FIELDS } from './filters.js';
import { tagSet } from './tag-lists.js';

const REGION_FIELDS: Fields<RegionFacts> = {
  'region-name': ({ name }) => name,
  endpoint: ({ name }) => endpointOf(name),
  'opt-in-status': (facts) => optInStatus(facts),
};

/** Only regions that the account may use, unless all are asked for. */
export function describeRegions(call: Ec2Call): XmlObject {
  const names = call.parameters.list('RegionName');
  const unknown = names.find((name) => !REGIONS.some((facts) => facts.name === name));
  if (unknown !== undefined) throw new ServiceError('InvalidParameterValue', `Invalid region: [${unknown}]`);
  const all = call.parameters.flag('AllRegions') === true || names.length > 0;
  const shown = REGIONS.filter(({ name, optedIn }) => (all || optedIn) && (names.length === 0 || names.includes(name)));
  const regionInfo = filtered(shown, call.parameters, REGION_FIELDS).map((facts) => ({
    regionName: facts.name,
    regionEndpoint: endpointOf(facts.name),
    optInStatus: optInStatus(facts),
  }));
  return { regionInfo };
}

function endpointOf(region: string): string {
  return `ec2.${region}.amazonaws.com`;
}

function optInStatus({ name, optedIn }: RegionFacts): string {
  if (!optedIn) return 'not-opted-in';
  return name === 'eu-south-1' ? 'opted-in' : 'opt-in-not-required';
}

const ZONE_FIELDS: Fields<string> = {
  'zone-name': (zone) => zone,
  'region-name': (zone) => zone.slice(0, -1),
  state: () => 'available',
  'zone-type': () => 'availability-zone',
  'opt-in-status': () => 'opt-in-not-required',
};

export function describeAvailabilityZones(call: Ec2Call): XmlObject {
  const names = call.parameters.list('ZoneName');
  const unknown = names.find((name) => !call.region.zones.includes(name));
  if (unknown !== undefined) throw new ServiceError('InvalidParameterValue', `Invalid availability zone: [${unknown}]`);
  const zones = call.region.zones.filter((zone) => names.length === 0 || names.includes(zone));
  const availabilityZoneInfo = filtered(zones, call.parameters, ZONE_FIELDS).map((zone) => ({
    zoneName: zone,
    zoneId: zoneId(zone),
    zoneState: 'available',
    regionName: call.region.name,
    optInStatus: 'opt-in-not-required',
    zoneType: 'availability-zone',
    groupName: call.region.name,
    networkBorderGroup: call.region.name,
    messageSet: [],
  }));
  return { availabilityZoneInfo };
}

/** `use1-az1` for us-east-1a. */
export function zoneId(zone: string): string {
  const [area = '', side = '', number = ''] = zone.split('-');
  return `${area}${side[0]}${number[0]}-az${number.charCodeAt(1) - 96}`;
}

const VPC_FIELDS: Fields<Vpc> = {
  ...TAG_FIELDS,
  'vpc-id': ({ id }) => id,
  'is-default': ({ isDefault }) => String(isDefault),
  isDefault: ({ isDefault }) => String(isDefault),
  state: () => 'available',
  cidr: ({ cidr }) => cidr,
};

export function describeVpcs(call: Ec2Call): XmlObject {
  const ids = call.parameters.list('VpcId');
  const missing = ids.find((id) => !call.region.vpcs.has(id));
  if (missing !== undefined) throw new ServiceError('InvalidVpcID.NotFound', `The vpc ID '${missing}' does not exist`);
  const vpcs = [...call.region.vpcs.values()].filter(({ id }) => ids.length === 0 || ids.includes(id));
  const { items, nextToken } = call.page(filtered(vpcs, call.parameters, VPC_FIELDS, ({ tags }) => tags));
  const vpcSet = items.map(({ id, cidr, isDefault, tags }) => ({
    vpcId: id,
    ownerId: ACCOUNT_ID,
    state: 'available',
    cidrBlock: cidr,
    dhcpOptionsId: 'default',
    instanceTenancy: 'default',
    isDefault,
    tagSet: tagSet(tags),
  }));
  return { vpcSet, nextToken };
}

const SUBNET_FIELDS: Fields<Subnet> = {
  ...TAG_FIELDS,
  'subnet-id': ({ id }) => id,
  'vpc-id': ({ vpc }) => vpc.id,
  'availability-zone': ({ zone }) => zone,
  availabilityZone: ({ zone }) => zone,
  'default-for-az': ({ vpc }) => String(vpc.isDefault),
  defaultForAz: ({ vpc }) => String(vpc.isDefault),
  'map-public-ip-on-launch': () => 'true',
  state: () => 'available',
};

export function describeSubnets(call: Ec2Call): XmlObject {
  const ids = call.parameters.list('SubnetId');
  const missing = ids.find((id) => !call.region.subnets.has(id));
  if (missing !== undefined)
    throw new ServiceError('InvalidSubnetID.NotFound', `The subnet ID '${missing}' does not exist`);
  const subnets = [...call.region.subnets.values()].filter(({ id }) => ids.length === 0 || ids.includes(id));
  const { items, nextToken } = call.page(filtered(subnets, call.parameters, SUBNET_FIELDS, ({ tags }) => tags));
  const subnetSet = items.map((subnet) => ({
    subnetId: subnet.id,
    subnetArn: `arn:aws:ec2:${call.region.name}:${ACCOUNT_ID}:subnet/${subnet.id}`,
    state: 'available',
    ownerId: ACCOUNT_ID,
    vpcId: subnet.vpc.id,
    cidrBlock: subnet.cidr,
    availableIpAddressCount: subnet.free,
    availabilityZone: subnet.zone,
    availabilityZoneId: zoneId(subnet.zone),
    defaultForAz: subnet.vpc.isDefault,
    mapPublicIpOnLaunch: true,
    assignIpv6AddressOnCreation: false,
    tagSet: tagSet(subnet.tags),
  }));
  return { subnetSet, nextToken };
}
