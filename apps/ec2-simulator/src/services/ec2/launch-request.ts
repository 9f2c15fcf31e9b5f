import type { MetadataOptions, ShutdownBehavior } from '../../account/instance.js';
import type { ResourceKind } from '../../account/resource.js';
import { type Image, imagesOf, ROOT_DEVICE } from '../../catalogue/images.js';
import { INSTANCE_TYPES, type InstanceType } from '../../catalogue/instance-types.js';
import type { Parameters } from '../../wire/parameters.js';
import { ServiceError } from '../../wire/service-error.js';
import type { Ec2Call } from './ec2-call.js';
import { type NetworkWish, readNetwork } from './launch-network.js';
import { readTagSpecifications } from './tag-lists.js';

const MOST_USER_DATA = 16_384;
const TAGGED_KINDS: readonly ResourceKind[] = ['instance', 'volume', 'network-interface', 'spot-instances-request'];

export interface Disk {
  device: string;
  sizeGib: number;
  type: string;
  iops: number;
  throughput: number;
  encrypted: boolean;
  deleteOnTermination: boolean;
}

/** What RunInstances was asked for, checked as far as that goes without acting. */
export interface LaunchRequest {
  minCount: number;
  maxCount: number;
  image: Image;
  type: InstanceType;
  network: NetworkWish;
  disks: Disk[];
  userData: Buffer;
  spot: { maxPrice: number | null; persistent: boolean } | null;
  shutdownBehavior: ShutdownBehavior;
  metadataOptions: MetadataOptions;
  tags: ReadonlyMap<ResourceKind, ReadonlyMap<string, string>>;
  clientToken: string;
}

export function readLaunchRequest(call: Ec2Call): LaunchRequest {
  const { parameters, region } = call;
  refuseWhatIsMissingHere(parameters);
  const maxCount = parameters.integer('MaxCount') ?? 0;
  const minCount = parameters.integer('MinCount') ?? 0;
  if (minCount < 1 || maxCount < minCount || maxCount > 1000) {
    throw invalid('Value for parameters MinCount and MaxCount is invalid. They count from 1, the smaller first.');
  }
  const image = readImage(parameters.required('ImageId'), region.name);
  const type = readType(parameters.text('InstanceType') ?? 'm1.small', image);
  if (call.account.settings.freeTierOnly && !type.freeTier) {
    const text =
      "The specified instance type is not eligible for Free Tier. For a list of Free Tier instance types, run 'describe-instance-types' with the filter 'free-tier-eligible=true'.";
    throw new ServiceError('InvalidParameterCombination', text);
  }
  const clientToken = parameters.text('ClientToken') ?? '';
  if (clientToken.length > 64) throw invalid('Client token is limited to 64 ASCII characters.');
  return {
    minCount,
    maxCount,
    image,
    type,
    network: readNetwork(call),
    disks: readDisks(parameters, image),
    userData: readUserData(parameters.text('UserData')),
    spot: readSpot(parameters.structure('InstanceMarketOptions')),
    shutdownBehavior: oneOf(parameters, 'InstanceInitiatedShutdownBehavior', ['stop', 'terminate']),
    metadataOptions: readMetadataOptions(parameters.structure('MetadataOptions')),
    tags: readTagSpecifications(parameters, TAGGED_KINDS),
    clientToken,
  };
}

function refuseWhatIsMissingHere(parameters: Parameters): void {
  const keyName = parameters.text('KeyName');
  if (keyName !== undefined)
    throw new ServiceError('InvalidKeyPair.NotFound', `The key pair '${keyName}' does not exist`);
  if (parameters.has('IamInstanceProfile'))
    throw invalid('Value for parameter iamInstanceProfile is invalid. Invalid IAM Instance Profile name');
  if (parameters.has('LaunchTemplate')) {
    throw new ServiceError('InvalidLaunchTemplateId.NotFound', 'The specified launch template does not exist.');
  }
}

function readImage(id: string, region: string): Image {
  if (!/^ami-[0-9a-f]{8,17}$/.test(id))
    throw new ServiceError('InvalidAMIID.Malformed', `Invalid id: "${id}" (expecting "ami-...")`);
  const image = imagesOf(region).find((candidate) => candidate.id === id);
  if (image === undefined) throw new ServiceError('InvalidAMIID.NotFound', `The image id '[${id}]' does not exist`);
  return image;
}

function readType(name: string, image: Image): InstanceType {
  const type = INSTANCE_TYPES.get(name);
  if (type === undefined) throw invalid(`Invalid value '${name}' for InstanceType.`);
  if (type.architecture !== image.architecture) {
    throw invalid(
      `The architecture '${type.architecture}' of the specified instance type does not match the architecture '${image.architecture}' of the specified AMI.`,
    );
  }
  return type;
}

function readDisks(parameters: Parameters, image: Image): Disk[] {
  const disks = parameters.structures('BlockDeviceMapping').map((mapping): Disk => {
    const ebs = mapping.structure('Ebs');
    return {
      device: mapping.required('DeviceName'),
      sizeGib: ebs.integer('VolumeSize') ?? image.rootGib,
      type: ebs.text('VolumeType') ?? 'gp3',
      iops: ebs.integer('Iops') ?? 3000,
      throughput: ebs.integer('Throughput') ?? 125,
      encrypted: ebs.flag('Encrypted') ?? false,
      deleteOnTermination: ebs.flag('DeleteOnTermination') ?? true,
    };
  });
  if (!disks.some(({ device }) => device === ROOT_DEVICE)) disks.unshift({ ...ROOT_DISK, sizeGib: image.rootGib });
  for (const { device, sizeGib } of disks) {
    if (device === ROOT_DEVICE && sizeGib < image.rootGib) {
      const text = `Volume of size ${sizeGib}GB is smaller than snapshot '${image.snapshotId}', expect size >= ${image.rootGib}GB`;
      throw new ServiceError('InvalidBlockDeviceMapping', text);
    }
    if (sizeGib < 1 || sizeGib > 65_536) throw invalid(`Volume size of ${sizeGib}GiB is not supported`);
  }
  return disks;
}

const ROOT_DISK = {
  device: ROOT_DEVICE,
  type: 'gp3',
  iops: 3000,
  throughput: 125,
  encrypted: false,
  deleteOnTermination: true,
};

function readUserData(text = ''): Buffer {
  if (!/^[A-Za-z0-9+/\r\n]*={0,2}\s*$/.test(text)) throw invalid('Invalid BASE64 encoding of user data.');
  const data = Buffer.from(text, 'base64');
  if (data.length > MOST_USER_DATA) throw invalid('User data is limited to 16384 bytes');
  return data;
}

function readSpot(options: Parameters): LaunchRequest['spot'] {
  const market = options.text('MarketType');
  if (market === undefined) return null;
  if (market !== 'spot') throw invalid(`Value (${market}) for parameter marketType is invalid.`);
  const price = options.text('SpotOptions.MaxPrice');
  if (price !== undefined && !(Number(price) > 0)) throw invalid(`Value (${price}) for parameter maxPrice is invalid.`);
  return {
    maxPrice: price === undefined ? null : Number(price),
    persistent: options.text('SpotOptions.SpotInstanceType') === 'persistent',
  };
}

function readMetadataOptions(options: Parameters): MetadataOptions {
  const hopLimit = options.integer('HttpPutResponseHopLimit') ?? 1;
  if (hopLimit < 1 || hopLimit > 64) throw invalid('The hop limit of the metadata options is a number from 1 to 64.');
  return {
    httpTokens: oneOf(options, 'HttpTokens', ['optional', 'required']),
    httpEndpoint: oneOf(options, 'HttpEndpoint', ['enabled', 'disabled']),
    hopLimit,
    instanceTags: oneOf(options, 'InstanceMetadataTags', ['disabled', 'enabled']),
  };
}

/** The first of the choices is what is meant when nothing is said. */
function oneOf<T extends string>(parameters: Parameters, name: string, choices: readonly [T, ...T[]]): T {
  const text = parameters.text(name);
  if (text === undefined) return choices[0];
  const choice = choices.find((candidate) => candidate === text);
  if (choice === undefined) throw invalid(`Value (${text}) for parameter ${name} is invalid.`);
  return choice;
}

function invalid(message: string): ServiceError {
  return new ServiceError('InvalidParameterValue', message);
}
