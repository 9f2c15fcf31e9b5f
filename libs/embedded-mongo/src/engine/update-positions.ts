import { type Document, isDocument, promote, promoteDocument, setOwn } from '../bson/document.js';
import { CommandError } from '../errors/command-error.js';
import { compileFilter, type Matcher, topLevel } from './matcher.js';
import { getAt, setAt } from './update-paths.js';

/** Array filters by their identifier. */
export type ArrayFilters = ReadonlyMap<string, (element: unknown) => boolean>;

/** Compiles `arrayFilters`; each is about one identifier. */
export function compileArrayFilters(filters: readonly unknown[]): ArrayFilters {
  const compiled = new Map<string, (element: unknown) => boolean>();
  for (const filter of filters) {
    if (!isDocument(filter)) throw new CommandError('TypeMismatch', 'Each array filter must be an object');
    const name = identifierOf(filter);
    if (name === null)
      throw new CommandError(
        'FailedToParse',
        'Error parsing array filter :: caused by :: Expected a single top-level field name',
      );
    if (compiled.has(name))
      throw new CommandError(
        'FailedToParse',
        `Found multiple array filters with the same top-level field name ${name}`,
      );
    const { decoded } = compileFilter(promoteDocument(filter));
    compiled.set(name, (element) => decoded({ [name]: promote(element) }));
  }
  return compiled;
}

/** The concrete paths that an update path with `$`, `$[]` or `$[name]` stands for in this document. */
export function expandPath(path: string, document: Document, filters: ArrayFilters, matcher: Matcher): string[][] {
  const parts = path.split('.');
  if (parts.some((part) => part === ''))
    throw new CommandError('BadValue', `The update path '${path}' contains an empty field name, which is not allowed.`);
  return path.includes('$') ? expand(parts, 0, document, filters, matcher) : [parts];
}

function expand(parts: string[], at: number, document: Document, filters: ArrayFilters, matcher: Matcher): string[][] {
  const position = parts.findIndex((part, i) => i >= at && part.startsWith('$'));
  if (position < 0) return [parts];
  const base = parts.slice(0, position);
  const part = parts[position] ?? '';
  const array = getAt(document, base);
  const indexes =
    part === '$' ? [matchedPosition(parts, base, document, matcher)] : chosenPositions(part, array, base, filters);
  return indexes.flatMap((index) =>
    expand([...base, String(index), ...parts.slice(position + 1)], position + 1, document, filters, matcher),
  );
}

function chosenPositions(part: string, array: unknown, base: readonly string[], filters: ArrayFilters): number[] {
  const name = /^\$\[(\w*)\]$/.exec(part)?.[1];
  if (name === undefined || base.length === 0) {
    throw new CommandError(
      'DollarPrefixedFieldName',
      `The dollar ($) prefixed field '${part}' in '${[...base, part].join('.')}' is not allowed in the context of an update's replacement document. Consider using an aggregation pipeline with $replaceWith.`,
    );
  }
  if (!Array.isArray(array)) {
    throw new CommandError(
      'BadValue',
      array === undefined
        ? `The path '${base.join('.')}' must exist in the document in order to apply array updates.`
        : `Cannot apply array updates to non-array element ${base.join('.')}`,
    );
  }
  const test = name === '' ? (): boolean => true : filters.get(name);
  if (test === undefined)
    throw new CommandError(
      'BadValue',
      `No array filter found for identifier '${name}' in path '${[...base, part].join('.')}'`,
    );
  return array.flatMap((element, i) => (test(element) ? [i] : []));
}

/** The first element with which alone the document still matches the filter. */
function matchedPosition(
  parts: readonly string[],
  base: readonly string[],
  document: Document,
  matcher: Matcher,
): number {
  const array = getAt(document, base);
  const promoted = promoteDocument(document);
  if (Array.isArray(array)) {
    for (let i = 0; i < array.length; i++) {
      setAt(promoted, base, [promote(array[i])]);
      if (matcher.decoded(promoted)) return i;
    }
  }
  throw new CommandError(
    'BadValue',
    `The positional operator did not find the match needed from the query. Path: ${parts.join('.')}`,
  );
}

function identifierOf(filter: Document): string | null {
  const names = new Set<string>();
  for (const [key, value] of Object.entries(filter)) {
    if ((key === '$and' || key === '$or' || key === '$nor') && Array.isArray(value)) {
      for (const branch of value as unknown[]) if (isDocument(branch)) names.add(identifierOf(branch) ?? '');
    } else names.add(topLevel(key));
  }
  const [name] = names;
  return names.size === 1 && name !== undefined && name !== '' ? name : null;
}

/** Fields that a filter fixes to one value, as the base of an upsert. */
export function equalityFields(filter: Document): Document {
  const result: Document = {};
  collectEqualities(filter, result);
  return result;
}

function collectEqualities(filter: Document, result: Document): void {
  for (const [key, value] of Object.entries(filter)) {
    if (key === '$and' && Array.isArray(value)) {
      for (const branch of value as unknown[]) if (isDocument(branch)) collectEqualities(branch, result);
    } else if (!key.startsWith('$')) {
      const operators = isDocument(value) && Object.keys(value).some((name) => name.startsWith('$'));
      const fixed = operators ? fixedValue(value) : value;
      if (fixed !== undefined && !(fixed instanceof RegExp)) {
        if (key.includes('.')) setAt(result, key.split('.'), fixed);
        else setOwn(result, key, fixed);
      }
    }
  }
}

function fixedValue(condition: Document): unknown {
  if (Object.hasOwn(condition, '$eq')) return condition['$eq'];
  for (const operator of ['$in', '$all']) {
    const list = condition[operator];
    if (Array.isArray(list) && list.length === 1) return (list as unknown[])[0];
  }
  return undefined;
}
