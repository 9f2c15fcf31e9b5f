import { ServiceError } from '../wire/service-error.js';

export type ResourceKind =
  'instance' | 'volume' | 'network-interface' | 'spot-instances-request' | 'security-group' | 'subnet' | 'vpc';

/** What has an id and can have tags. */
export interface Resource {
  readonly id: string;
  readonly kind: ResourceKind;
  readonly tags: Map<string, string>;
}

const MOST_TAGS = 50;

/** Adds tags, or gives those that are there a new value. */
export function setTags(resource: Resource, tags: ReadonlyMap<string, string>): void {
  for (const [key, value] of tags) {
    if (key === '' || key.length > 128) throw invalid(`Tag key '${key}' must be 1 to 128 characters long`);
    if (value.length > 256) throw invalid('Tag values cannot be longer than 256 characters');
    if (key.startsWith('aws:')) throw invalid("Tag keys starting with 'aws:' are reserved for internal use");
  }
  const keys = new Set([...resource.tags.keys(), ...tags.keys()]);
  if (keys.size > MOST_TAGS)
    throw new ServiceError('TagLimitExceeded', 'The maximum number of tags for a resource has been reached.');
  for (const [key, value] of tags) resource.tags.set(key, value);
}

function invalid(message: string): ServiceError {
  return new ServiceError('InvalidParameterValue', message);
}
