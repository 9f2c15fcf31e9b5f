import { ACCOUNT_ID } from '../account/callers.js';
import { type Instance, marketOf } from '../account/instance.js';

/** Folders and values of the metadata service, by name. */
export interface MetadataTree {
  [name: string]: string | MetadataTree;
}

/** What an instance can read about itself now. */
export function metadataOf(instance: Instance): MetadataTree {
  const zone = instance.subnet.zone;
  const hostname = `ip-${instance.privateAddress.replaceAll('.', '-')}.ec2.internal`;
  return {
    'meta-data': {
      'ami-id': instance.image.id,
      'ami-launch-index': String(instance.index),
      hostname,
      'instance-id': instance.id,
      'instance-life-cycle': marketOf(instance),
      'instance-type': instance.type.name,
      'local-hostname': hostname,
      'local-ipv4': instance.privateAddress,
      mac: instance.networkInterface.macAddress,
      placement: { 'availability-zone': zone, region: zone.slice(0, -1) },
      ...(instance.publicAddress === null ? {} : { 'public-ipv4': instance.publicAddress }),
      'reservation-id': instance.reservationId,
      'security-groups': instance.groups.map(({ name }) => name).join('\n'),
      services: { domain: 'amazonaws.com', partition: 'aws' },
      ...spotOf(instance),
      ...(instance.metadataOptions.instanceTags === 'enabled'
        ? { tags: { instance: Object.fromEntries(instance.tags) } }
        : {}),
    },
    dynamic: { 'instance-identity': { document: JSON.stringify(identityOf(instance), null, 2) } },
    ...(instance.userData.length === 0 ? {} : { 'user-data': instance.userData.toString('latin1') }),
  };
}

/** The notice of an interruption; before it there is nothing to read. */
function spotOf({ interruptionAt }: Instance): MetadataTree {
  if (interruptionAt === null) return {};
  const time = `${interruptionAt.toISOString().slice(0, 19)}Z`;
  return { spot: { 'instance-action': JSON.stringify({ action: 'terminate', time }), 'termination-time': time } };
}

function identityOf(instance: Instance): Record<string, string> {
  return {
    accountId: ACCOUNT_ID,
    architecture: instance.type.architecture,
    availabilityZone: instance.subnet.zone,
    imageId: instance.image.id,
    instanceId: instance.id,
    instanceType: instance.type.name,
    pendingTime: instance.launchedAt.toISOString(),
    privateIp: instance.privateAddress,
    region: instance.subnet.zone.slice(0, -1),
    version: '2017-09-30',
  };
}

/** What is at a path: a value, or the names in a folder; null where nothing is. */
export function readTree(tree: MetadataTree, path: readonly string[]): string | null {
  let found: string | MetadataTree = tree;
  for (const name of path) {
    if (typeof found === 'string' || !Object.hasOwn(found, name)) return null;
    found = found[name] ?? '';
  }
  if (typeof found === 'string') return found;
  return Object.entries(found)
    .map(([name, value]) => (typeof value === 'string' ? name : `${name}/`))
    .join('\n');
}
