import type { Resource } from '../../account/resource.js';
import type { Parameters } from '../../wire/parameters.js';
import { ServiceError } from '../../wire/service-error.js';

type Field<T> = (item: T) => string | readonly string[] | undefined;

/** What a filter of a name looks at. */
export type Fields<T> = Record<string, Field<T>>;

/** The fields of everything that has tags, but for `tag:KEY`. */
export const TAG_FIELDS: Fields<Resource> = {
  'tag-key': ({ tags }) => [...tags.keys()],
  'tag-value': ({ tags }) => [...tags.values()],
};

/** The items that pass all filters of a call. A filter holds when one of its values does. */
export function filtered<T>(
  items: Iterable<T>,
  parameters: Parameters,
  fields: Fields<T>,
  tags?: (item: T) => ReadonlyMap<string, string>,
): T[] {
  const tests = parameters.structures('Filter').map((filter) => {
    const name = filter.required('Name');
    const field = fieldOf(name, fields, tags);
    const values = filter.list('Value').map((value) => value.slice(0, 255));
    if (values.length > 200) throw new ServiceError('FilterLimitExceeded', 'A filter can have at most 200 values.');
    return (item: T): boolean => {
      const found = field(item) ?? [];
      const texts = typeof found === 'string' ? [found] : found;
      return texts.some((text) => values.some((pattern) => fits(text, pattern)));
    };
  });
  return [...items].filter((item) => tests.every((test) => test(item)));
}

function fieldOf<T>(name: string, fields: Fields<T>, tags?: (item: T) => ReadonlyMap<string, string>): Field<T> {
  if (name.startsWith('tag:') && tags !== undefined) return (item) => tags(item).get(name.slice(4));
  const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (field === undefined) throw new ServiceError('InvalidParameterValue', `The filter '${name}' is invalid`);
  return field;
}

/** `*` stands for any text and `?` for one sign. Goes back to the last `*` only, so it takes no more than n × m steps. */
export function fits(text: string, pattern: string): boolean {
  let [t, p] = [0, 0];
  let star = -1;
  let resume = 0;
  while (t < text.length) {
    if (pattern[p] === '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.length && (pattern[p] === '?' || pattern[p] === text[t])) {
      t += 1;
      p += 1;
    } else if (star !== -1) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (pattern[p] === '*') p += 1;
  return p === pattern.length;
}
