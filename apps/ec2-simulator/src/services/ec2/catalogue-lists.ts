import { type Image, imagesOf, ROOT_DEVICE } from '../../catalogue/images.js';
import { familyOf, INSTANCE_TYPES, type InstanceType, isOffered } from '../../catalogue/instance-types.js';
import { ServiceError } from '../../wire/service-error.js';
import type { XmlObject } from '../../wire/xml.js';
import type { Ec2Call } from './ec2-call.js';
import { type Fields, filtered } from './filters.js';

/** Smaller than the service's 100, so that who does not read on is found out. */
const USUAL_PAGE = 20;

const TYPE_FIELDS: Fields<InstanceType> = {
  'instance-type': ({ name }) => name,
  'free-tier-eligible': ({ freeTier }) => String(freeTier),
  'current-generation': ({ name }) => String(isCurrent(name)),
  'processor-info.supported-architecture': ({ architecture }) => architecture,
  'vcpu-info.default-vcpus': ({ vcpus }) => String(vcpus),
  'memory-info.size-in-mib': ({ memoryMib }) => String(memoryMib),
  'supported-usage-class': () => ['on-demand', 'spot'],
  'supported-virtualization-type': () => 'hvm',
  'supported-root-device-type': () => 'ebs',
  'bare-metal': () => 'false',
  hypervisor: () => 'nitro',
};

export function describeInstanceTypes(call: Ec2Call): XmlObject {
  const names = call.parameters.list('InstanceType');
  const unknown = names.filter((name) => !INSTANCE_TYPES.has(name));
  if (unknown.length > 0) {
    const text = `The following supplied instance types do not exist: [${unknown.join(', ')}]`;
    throw new ServiceError('InvalidInstanceType', text);
  }
  const types = [...INSTANCE_TYPES.values()].filter(({ name }) => names.length === 0 || names.includes(name));
  const { items, nextToken } = call.page(filtered(types, call.parameters, TYPE_FIELDS), {
    most: 100,
    usual: USUAL_PAGE,
  });
  return { instanceTypeSet: items.map(typeView), nextToken };
}

function isCurrent(name: string): boolean {
  return familyOf(name) !== 'p3';
}

function typeView(type: InstanceType): XmlObject {
  const { gpu } = type;
  return {
    instanceType: type.name,
    currentGeneration: isCurrent(type.name),
    freeTierEligible: type.freeTier,
    supportedUsageClasses: ['on-demand', 'spot'],
    supportedRootDeviceTypes: ['ebs'],
    supportedVirtualizationTypes: ['hvm'],
    bareMetal: false,
    hypervisor: 'nitro',
    processorInfo: { supportedArchitectures: [type.architecture], sustainedClockSpeedInGhz: 3.1 },
    vCpuInfo: { defaultVCpus: type.vcpus, defaultCores: Math.max(1, type.vcpus / 2), defaultThreadsPerCore: 2 },
    memoryInfo: { sizeInMiB: type.memoryMib },
    instanceStorageSupported: false,
    ebsInfo: { ebsOptimizedSupport: 'default', encryptionSupport: 'supported', nvmeSupport: 'required' },
    networkInfo: { networkPerformance: 'Up to 12.5 Gigabit', maximumNetworkInterfaces: 3, enaSupport: 'required' },
    ...(gpu === null ? {} : { gpuInfo: gpuView(gpu) }),
    hibernationSupported: false,
    burstablePerformanceSupported: type.name.startsWith('t'),
    dedicatedHostsSupported: true,
    autoRecoverySupported: true,
    supportedBootModes: ['legacy-bios', 'uefi'],
  };
}

function gpuView({ name, manufacturer, count, memoryMib }: NonNullable<InstanceType['gpu']>): XmlObject {
  return {
    gpus: [{ name, manufacturer, count, memoryInfo: { sizeInMiB: memoryMib } }],
    totalGpuMemoryInMiB: count * memoryMib,
  };
}

interface Offering {
  type: string;
  location: string;
}

const OFFERING_FIELDS: Fields<Offering> = { 'instance-type': ({ type }) => type, location: ({ location }) => location };

export function describeInstanceTypeOfferings(call: Ec2Call): XmlObject {
  const { parameters, region } = call;
  const locationType = parameters.text('LocationType') ?? 'region';
  if (locationType !== 'region' && locationType !== 'availability-zone') {
    throw new ServiceError('InvalidParameterValue', `The location type '${locationType}' is not imitated here.`);
  }
  const offerings = [...INSTANCE_TYPES.values()].flatMap((type): Offering[] => {
    const zones = region.zones.filter((zone) => isOffered(type, zone));
    const locations = locationType === 'region' ? [region.name] : zones;
    return zones.length === 0 ? [] : locations.map((location) => ({ type: type.name, location }));
  });
  const { items, nextToken } = call.page(filtered(offerings, parameters, OFFERING_FIELDS), { usual: USUAL_PAGE });
  return {
    instanceTypeOfferingSet: items.map(({ type, location }) => ({ instanceType: type, locationType, location })),
    nextToken,
  };
}

const IMAGE_FIELDS: Fields<Image> = {
  'image-id': ({ id }) => id,
  name: ({ name }) => name,
  description: ({ description }) => description,
  architecture: ({ architecture }) => architecture,
  state: () => 'available',
  'image-type': () => 'machine',
  'is-public': () => 'true',
  'owner-id': ({ ownerId }) => ownerId,
  'owner-alias': ({ ownerAlias }) => ownerAlias,
  'root-device-type': () => 'ebs',
  'virtualization-type': () => 'hvm',
  'block-device-mapping.volume-type': () => 'gp3',
};

export function describeImages(call: Ec2Call): XmlObject {
  const { parameters, region } = call;
  const owners = parameters.list('Owner');
  const all = imagesOf(region.name);
  for (const id of parameters.list('ImageId')) {
    if (!/^ami-[0-9a-f]{8,17}$/.test(id))
      throw new ServiceError('InvalidAMIID.Malformed', `Invalid id: "${id}" (expecting "ami-...")`);
    if (!all.some((image) => image.id === id))
      throw new ServiceError('InvalidAMIID.NotFound', `The image id '[${id}]' does not exist`);
  }
  const ids = parameters.list('ImageId');
  const images = all.filter(
    ({ id, ownerId, ownerAlias = '' }) =>
      (ids.length === 0 || ids.includes(id)) &&
      (owners.length === 0 || owners.includes(ownerId) || owners.includes(ownerAlias)),
  );
  const { items, nextToken } = call.page(filtered(images, parameters, IMAGE_FIELDS), { least: 1 });
  return { imagesSet: items.map(imageView), nextToken };
}

function imageView(image: Image): XmlObject {
  const ebs = {
    snapshotId: image.snapshotId,
    volumeSize: image.rootGib,
    deleteOnTermination: true,
    volumeType: 'gp3',
    encrypted: false,
  };
  return {
    imageId: image.id,
    name: image.name,
    description: image.description,
    imageLocation: `${image.ownerAlias ?? image.ownerId}/${image.name}`,
    imageState: 'available',
    imageOwnerId: image.ownerId,
    imageOwnerAlias: image.ownerAlias,
    creationDate: image.createdAt,
    isPublic: true,
    architecture: image.architecture,
    imageType: 'machine',
    platformDetails: 'Linux/UNIX',
    usageOperation: 'RunInstances',
    rootDeviceType: 'ebs',
    rootDeviceName: ROOT_DEVICE,
    blockDeviceMapping: [{ deviceName: ROOT_DEVICE, ebs }],
    virtualizationType: 'hvm',
    hypervisor: 'xen',
    enaSupport: true,
    imdsSupport: 'v2.0',
  };
}
