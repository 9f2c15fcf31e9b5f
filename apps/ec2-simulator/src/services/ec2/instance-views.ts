import { ACCOUNT_ID } from '../../account/callers.js';
import { type Instance, type InstanceState, STATE_CODES, type Volume } from '../../account/instance.js';
import { ROOT_DEVICE } from '../../catalogue/images.js';
import type { XmlObject } from '../../wire/xml.js';
import { tagSet } from './tag-lists.js';

export function stateView(name: InstanceState): XmlObject {
  return { code: STATE_CODES[name], name };
}

export function reservationView(reservationId: string, instances: readonly Instance[], now: number): XmlObject {
  return {
    reservationId,
    ownerId: ACCOUNT_ID,
    groupSet: [],
    instancesSet: instances.map((instance) => instanceView(instance, now)),
  };
}

function instanceView(instance: Instance, now: number): XmlObject {
  const { image, type, subnet, spot, metadataOptions } = instance;
  const isGone = instance.state === 'terminated';
  return {
    instanceId: instance.id,
    imageId: image.id,
    instanceState: stateView(instance.state),
    privateDnsName: isGone ? null : dnsName(instance.privateAddress),
    dnsName:
      instance.publicAddress === null
        ? null
        : `ec2-${instance.publicAddress.replaceAll('.', '-')}.compute.amazonaws.com`,
    reason: instance.reason === null ? null : transitionReason(instance),
    amiLaunchIndex: instance.index,
    productCodes: [],
    instanceType: type.name,
    launchTime: instance.launchedAt,
    placement: { availabilityZone: subnet.zone, groupName: null, tenancy: 'default' },
    monitoring: { state: 'disabled' },
    ...(isGone ? {} : networkView(instance, now)),
    ...(instance.reason === null ? {} : { stateReason: { ...instance.reason } }),
    architecture: type.architecture,
    rootDeviceType: 'ebs',
    rootDeviceName: ROOT_DEVICE,
    blockDeviceMapping: instance.volumes.filter(({ attachment }) => attachment !== null).map(deviceView),
    virtualizationType: 'hvm',
    ...(spot === null ? {} : { instanceLifecycle: 'spot', spotInstanceRequestId: spot.id }),
    clientToken: instance.clientToken,
    tagSet: tagSet(instance.tags),
    hypervisor: 'xen',
    ebsOptimized: false,
    enaSupport: true,
    metadataOptions: {
      state: 'applied',
      httpTokens: metadataOptions.httpTokens,
      httpPutResponseHopLimit: metadataOptions.hopLimit,
      httpEndpoint: metadataOptions.httpEndpoint,
      httpProtocolIpv6: 'disabled',
      instanceMetadataTags: metadataOptions.instanceTags,
    },
    cpuOptions: { coreCount: Math.max(1, type.vcpus / 2), threadsPerCore: 2 },
    platformDetails: 'Linux/UNIX',
    usageOperation: 'RunInstances',
  };
}

function networkView(instance: Instance, now: number): XmlObject {
  const { subnet, networkInterface } = instance;
  const groupSet = instance.groups.map(({ id, name }) => ({ groupId: id, groupName: name }));
  const association =
    instance.publicAddress === null ? {} : { association: { publicIp: instance.publicAddress, ipOwnerId: 'amazon' } };
  return {
    subnetId: subnet.id,
    vpcId: subnet.vpc.id,
    privateIpAddress: instance.privateAddress,
    ...(instance.publicAddress === null ? {} : { ipAddress: instance.publicAddress }),
    sourceDestCheck: true,
    groupSet,
    networkInterfaceSet: [
      {
        networkInterfaceId: networkInterface.id,
        subnetId: subnet.id,
        vpcId: subnet.vpc.id,
        ownerId: ACCOUNT_ID,
        status: 'in-use',
        macAddress: networkInterface.macAddress,
        privateIpAddress: instance.privateAddress,
        sourceDestCheck: true,
        groupSet,
        attachment: {
          attachmentId: networkInterface.attachmentId,
          deviceIndex: 0,
          status: now > instance.visibleAt ? 'attached' : 'attaching',
          deleteOnTermination: true,
        },
        ...association,
        interfaceType: 'interface',
      },
    ],
  };
}

function deviceView({ id, createdAt, attachment }: Volume): XmlObject {
  return {
    deviceName: attachment?.device,
    ebs: {
      volumeId: id,
      status: 'attached',
      attachTime: createdAt,
      deleteOnTermination: attachment?.deleteOnTermination,
    },
  };
}

function dnsName(address: string): string {
  return `ip-${address.replaceAll('.', '-')}.ec2.internal`;
}

function transitionReason({ reason, stateSince }: Instance): string {
  const time = new Date(stateSince).toISOString().replace('T', ' ').slice(0, 19);
  if (reason?.code === 'Server.SpotInstanceTermination') return `Server.SpotInstanceTermination (${time} GMT)`;
  return `User initiated (${time} GMT)`;
}
