import type { Volume } from '../../account/instance.js';
import { ServiceError } from '../../wire/service-error.js';
import type { XmlObject } from '../../wire/xml.js';
import type { Ec2Call } from './ec2-call.js';
import { type Fields, filtered, TAG_FIELDS } from './filters.js';
import { tagSet } from './tag-lists.js';

const FIELDS: Fields<Volume> = {
  ...TAG_FIELDS,
  'volume-id': ({ id }) => id,
  'volume-type': ({ type }) => type,
  'availability-zone': ({ zone }) => zone,
  status: (volume) => statusOf(volume),
  encrypted: ({ encrypted }) => String(encrypted),
  'attachment.instance-id': ({ attachment }) => attachment?.instanceId,
  'attachment.delete-on-termination': ({ attachment }) =>
    attachment === null ? undefined : String(attachment.deleteOnTermination),
};

export function describeVolumes(call: Ec2Call): XmlObject {
  const ids = call.parameters.list('VolumeId');
  const volumes = ids.length === 0 ? call.region.volumes.values() : ids.map((id) => findVolume(call, id));
  const { items, nextToken } = call.page(filtered(volumes, call.parameters, FIELDS, ({ tags }) => tags));
  return { volumeSet: items.map(volumeView), nextToken };
}

export function deleteVolume(call: Ec2Call): XmlObject {
  const volume = findVolume(call, call.parameters.required('VolumeId'));
  if (volume.attachment !== null) {
    const text = `Volume ${volume.id} is currently attached to ${volume.attachment.instanceId}`;
    throw new ServiceError('VolumeInUse', text);
  }
  call.endDryRun();
  call.region.volumes.delete(volume.id);
  return { return: true };
}

function findVolume({ region }: Ec2Call, id: string): Volume {
  const volume = region.volumes.get(id);
  if (volume === undefined) throw new ServiceError('InvalidVolume.NotFound', `The volume '${id}' does not exist.`);
  return volume;
}

function statusOf({ attachment }: Volume): string {
  return attachment === null ? 'available' : 'in-use';
}

function volumeView(volume: Volume): XmlObject {
  const { attachment } = volume;
  return {
    volumeId: volume.id,
    size: volume.sizeGib,
    snapshotId: volume.snapshotId,
    availabilityZone: volume.zone,
    status: statusOf(volume),
    createTime: volume.createdAt,
    attachmentSet:
      attachment === null
        ? []
        : [
            {
              volumeId: volume.id,
              instanceId: attachment.instanceId,
              device: attachment.device,
              status: 'attached',
              attachTime: volume.createdAt,
              deleteOnTermination: attachment.deleteOnTermination,
            },
          ],
    tagSet: tagSet(volume.tags),
    volumeType: volume.type,
    iops: volume.iops,
    throughput: volume.throughput,
    encrypted: volume.encrypted,
    multiAttachEnabled: false,
  };
}
