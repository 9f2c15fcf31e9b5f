import type { ResourceKind } from '../../account/resource.js';
import type { Parameters } from '../../wire/parameters.js';
import { ServiceError } from '../../wire/service-error.js';

/** `Tag.n.Key` and `Tag.n.Value`. */
export function readTags(parameters: Parameters): Map<string, string> {
  const tags = new Map<string, string>();
  for (const tag of parameters.structures('Tag')) {
    const key = tag.text('Key') ?? '';
    if (tags.has(key)) throw new ServiceError('InvalidParameterValue', `Duplicate tag key '${key}' specified.`);
    tags.set(key, tag.text('Value') ?? '');
  }
  return tags;
}

/** The tags that a call gives to what it makes, by its kind. */
export function readTagSpecifications(
  parameters: Parameters,
  kinds: readonly ResourceKind[],
): Map<ResourceKind, Map<string, string>> {
  const found = new Map<ResourceKind, Map<string, string>>();
  for (const specification of parameters.structures('TagSpecification')) {
    const name = specification.required('ResourceType');
    const kind = kinds.find((known) => known === name);
    if (kind === undefined) {
      throw new ServiceError(
        'InvalidParameterValue',
        `'${name}' is not a valid taggable resource type for this operation.`,
      );
    }
    if (found.has(kind)) throw new ServiceError('InvalidParameterValue', `The resource type '${name}' is given twice.`);
    found.set(kind, readTags(specification));
  }
  return found;
}

export function tagSet(tags: ReadonlyMap<string, string>): { key: string; value: string }[] {
  return [...tags].map(([key, value]) => ({ key, value }));
}
