import { randomBytes } from 'node:crypto';
import { type Instance, isLive, marketOf, type Volume } from '../../account/instance.js';
import { type Subnet, takeAddress } from '../../account/network.js';
import type { Launch } from '../../account/region.js';
import { type Resource, setTags } from '../../account/resource.js';
import { resourceId } from '../../base/random-id.js';
import { type InstanceType, isOffered } from '../../catalogue/instance-types.js';
import { type Market, quotaCode } from '../../catalogue/quota-codes.js';
import { ServiceError } from '../../wire/service-error.js';
import type { XmlObject } from '../../wire/xml.js';
import type { Ec2Call } from './ec2-call.js';
import { reservationView } from './instance-views.js';
import { type Disk, type LaunchRequest, readLaunchRequest } from './launch-request.js';

/** Launches instances, or answers with those that the same token launched before. */
export async function runInstances(call: Ec2Call): Promise<XmlObject> {
  const { parameters, region } = call;
  const request = readLaunchRequest(call);
  call.endDryRun();
  const fingerprint = parameters.fingerprint(['ClientToken', 'DryRun', 'Version', 'Action']);
  const earlier = earlierLaunch(call, request.clientToken, fingerprint);
  if (earlier !== null) return launchView(call, earlier);
  const subnet = chooseSubnet(call, request);
  const market: Market = request.spot === null ? 'on-demand' : 'spot';
  await call.meetFault({ zone: subnet.zone, instanceType: request.type.name, market });
  // The wait for a fault may have let the same token in: from here on nothing waits.
  const meanwhile = earlierLaunch(call, request.clientToken, fingerprint);
  if (meanwhile !== null) return launchView(call, meanwhile);
  const count = grantedCount(call, request, subnet, market);
  const reservationId = resourceId('r');
  const instances = Array.from({ length: count }, (_, index) =>
    createInstance(call, request, subnet, reservationId, index),
  );
  const launch: Launch = { fingerprint, reservationId, instances };
  if (request.clientToken !== '') region.launches.set(request.clientToken, launch);
  for (const instance of instances) {
    region.instances.set(instance.id, instance);
    for (const volume of instance.volumes) region.volumes.set(volume.id, volume);
    call.site.lifecycle.begin(instance);
  }
  return launchView(call, launch);
}

function launchView(call: Ec2Call, { instances, reservationId }: Launch): XmlObject {
  return reservationView(reservationId, instances, call.account.clock.now());
}

function earlierLaunch(call: Ec2Call, token: string, fingerprint: string): Launch | null {
  if (call.account.settings.clientTokens === 'ignored') return null;
  const launch = token === '' ? undefined : call.region.launches.get(token);
  if (launch === undefined) return null;
  if (launch.fingerprint === fingerprint) return launch;
  const text = 'Arguments on this idempotent request are inconsistent with arguments used in previous request(s).';
  throw new ServiceError('IdempotentParameterMismatch', text);
}

/** Where no zone was named, the service takes one that has what is wanted. */
function chooseSubnet(call: Ec2Call, { network, type, spot }: LaunchRequest): Subnet {
  const offering = network.subnets.filter((subnet) => isOffered(type, subnet.zone));
  if (offering.length === 0) throw unsupported(call, type, network.subnets);
  const market: Market = spot === null ? 'on-demand' : 'spot';
  const withCapacity = offering.filter(({ zone }) => {
    const place = { zone, instanceType: type.name, market };
    return network.isPinned || !call.account.faults.expects(call.occasion(place));
  });
  return withCapacity[0] ?? (offering[0] as Subnet);
}

function unsupported(call: Ec2Call, type: InstanceType, subnets: readonly Subnet[]): ServiceError {
  const zones = call.region.zones.filter((zone) => isOffered(type, zone));
  const asked = subnets.map(({ zone }) => zone).join(', ');
  const text = `Your requested instance type (${type.name}) is not supported in your requested Availability Zone (${asked}). Please retry your request by not specifying an Availability Zone or choosing ${zones.join(', ')}.`;
  return new ServiceError('Unsupported', text);
}

/** As many as quota, price and addresses allow, at least the smallest count that was asked for. */
function grantedCount(call: Ec2Call, request: LaunchRequest, subnet: Subnet, market: Market): number {
  const { type, spot, minCount, maxCount } = request;
  const price = call.account.market.priceAt(type, subnet.zone, call.now);
  if (spot?.maxPrice != null && spot.maxPrice < price) {
    throw new ServiceError(
      'SpotMaxPriceTooLow',
      `Your Spot request price of ${spot.maxPrice} is lower than the minimum required Spot request fulfillment price of ${price}.`,
    );
  }
  const limit = call.account.quota(quotaCode(type, market));
  const free = Math.floor((limit - usedVcpus(call, type, market)) / type.vcpus);
  if (free < minCount) throw overQuota(market, limit);
  if (subnet.free < minCount) {
    throw new ServiceError(
      'InsufficientFreeAddressesInSubnet',
      `The specified subnet does not have enough free addresses to satisfy the request: ${subnet.id}`,
    );
  }
  return Math.min(maxCount, free, subnet.free);
}

export function usedVcpus({ region }: Pick<Ec2Call, 'region'>, type: InstanceType, market: Market): number {
  const code = quotaCode(type, market);
  const counted = [...region.instances.values()].filter(
    (other) => isLive(other) && quotaCode(other.type, marketOf(other)) === code,
  );
  return counted.reduce((sum, { type: { vcpus } }) => sum + vcpus, 0);
}

export function overQuota(market: Market, limit: number): ServiceError {
  if (market === 'spot') return new ServiceError('MaxSpotInstanceCountExceeded', 'Max spot instance count exceeded');
  const text = `You have requested more vCPU capacity than your current vCPU limit of ${limit} allows for the instance bucket that the specified instance type belongs to. Please visit http://aws.amazon.com/contact-us/ec2-request to request an adjustment to this limit.`;
  return new ServiceError('VcpuLimitExceeded', text);
}

function createInstance(
  call: Ec2Call,
  request: LaunchRequest,
  subnet: Subnet,
  reservationId: string,
  index: number,
): Instance {
  const { account, site } = call;
  const id = resourceId('i');
  const tagged = <K extends Resource['kind']>(kind: K, prefix: string) => {
    const resource = { id: prefix === 'i' ? id : resourceId(prefix), kind, tags: new Map<string, string>() };
    setTags(resource, request.tags.get(kind) ?? new Map<string, string>());
    return resource;
  };
  const now = account.clock.now();
  const instance: Instance = {
    ...tagged('instance', 'i'),
    reservationId,
    clientToken: request.clientToken,
    index,
    image: request.image,
    type: request.type,
    subnet,
    groups: request.network.groups,
    userData: request.userData,
    metadataOptions: request.metadataOptions,
    shutdownBehavior: request.shutdownBehavior,
    volumes: request.disks.map((disk) =>
      createVolume(tagged('volume', 'vol'), disk, request, subnet.zone, id, account.clock.date()),
    ),
    networkInterface: {
      ...tagged('network-interface', 'eni'),
      macAddress: macAddress(),
      attachmentId: resourceId('eni-attach'),
    },
    spot: request.spot === null ? null : { ...tagged('spot-instances-request', 'sir'), ...request.spot },
    privateAddress: takeAddress(subnet),
    isPublic: request.network.isPublic,
    visibleAt: now + account.settings.timings.consistency,
    state: 'pending',
    stateSince: now,
    launchedAt: new Date(now),
    reason: null,
    publicAddress: null,
    interruptionAt: null,
    machine: account.machines.create(
      id,
      () => instance,
      () => site.lifecycle.poweredOff(instance),
    ),
  };
  return instance;
}

function createVolume(
  base: Resource & { kind: 'volume' },
  disk: Disk,
  { image }: LaunchRequest,
  zone: string,
  instanceId: string,
  createdAt: Date,
): Volume {
  const { device, deleteOnTermination, ...facts } = disk;
  return {
    ...base,
    ...facts,
    zone,
    snapshotId: image.snapshotId,
    createdAt,
    attachment: { instanceId, device, deleteOnTermination },
  };
}

function macAddress(): string {
  return ['02', ...(randomBytes(5).toString('hex').match(/../g) ?? [])].join(':');
}
