import { type Resource, setTags } from '../../account/resource.js';
import { ServiceError } from '../../wire/service-error.js';
import type { XmlObject } from '../../wire/xml.js';
import type { Ec2Call } from './ec2-call.js';
import { type Fields, filtered } from './filters.js';
import { readTags } from './tag-lists.js';

interface TagDescription {
  resource: Resource;
  key: string;
  value: string;
}

const FIELDS: Fields<TagDescription> = {
  key: ({ key }) => key,
  value: ({ value }) => value,
  'resource-id': ({ resource }) => resource.id,
  'resource-type': ({ resource }) => resource.kind,
};

export function createTags(call: Ec2Call): XmlObject {
  const tags = readTags(call.parameters);
  if (tags.size === 0) throw new ServiceError('MissingParameter', 'The request must contain the parameter Tag');
  const resources = namedResources(call);
  call.endDryRun();
  for (const resource of resources) setTags(resource, tags);
  return { return: true };
}

/** Deletes the tags of the given keys, where a value is given only if they have it; without any, all of them. */
export function deleteTags(call: Ec2Call): XmlObject {
  const resources = namedResources(call);
  const wanted = call.parameters
    .structures('Tag')
    .map((tag) => ({ key: tag.required('Key'), value: tag.text('Value') }));
  call.endDryRun();
  for (const { tags } of resources) {
    if (wanted.length === 0) tags.clear();
    for (const { key, value } of wanted) if (value === undefined || tags.get(key) === value) tags.delete(key);
  }
  return { return: true };
}

export function describeTags(call: Ec2Call): XmlObject {
  const all = call.region
    .resources(call.now)
    .flatMap((resource) => [...resource.tags].map(([key, value]): TagDescription => ({ resource, key, value })));
  const found = filtered(all, call.parameters, FIELDS, ({ key, value }) => new Map([[key, value]]));
  const { items, nextToken } = call.page(found);
  const tagSet = items.map(({ resource, key, value }) => ({
    resourceId: resource.id,
    resourceType: resource.kind,
    key,
    value,
  }));
  return { tagSet, nextToken };
}

function namedResources(call: Ec2Call): Resource[] {
  call.parameters.required('ResourceId.1');
  const all = new Map(call.region.resources(call.now).map((resource) => [resource.id, resource]));
  return call.parameters.list('ResourceId').map((id) => all.get(id) ?? refuse(id));
}

const NOT_FOUND: Record<string, [code: string, name: string]> = {
  i: ['InvalidInstanceID.NotFound', 'instance'],
  vol: ['InvalidVolume.NotFound', 'volume'],
  sg: ['InvalidGroup.NotFound', 'security group'],
  subnet: ['InvalidSubnetID.NotFound', 'subnet'],
  vpc: ['InvalidVpcID.NotFound', 'vpc'],
  eni: ['InvalidNetworkInterfaceID.NotFound', 'networkInterface'],
  sir: ['InvalidSpotInstanceRequestID.NotFound', 'spot instance request'],
};

function refuse(id: string): never {
  const [code, name] = NOT_FOUND[id.slice(0, Math.max(0, id.indexOf('-')))] ?? ['InvalidID', 'resource'];
  throw new ServiceError(
    code,
    code === 'InvalidID' ? `The ID '${id}' is not valid` : `The ${name} ID '${id}' does not exist`,
  );
}
