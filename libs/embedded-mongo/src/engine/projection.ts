import { Aggregator } from 'mingo/aggregator';
import { decode, decodeExact, type Document, encode, isDocument, setOwn } from '../bson/document.js';
import { pick } from '../bson/raw-document.js';
import { CommandError } from '../errors/command-error.js';
import { asCommandError } from './matcher.js';
import { queryOptions } from './mingo-context.js';

type Project = (raw: Buffer) => Buffer;

/** The fields of a projection as a tree; a leaf is `true`. */
interface FieldTree {
  [field: string]: FieldTree | true;
}

/**
 * Compiles a projection. Plain inclusions of top-level fields are cut out of the encoded document, other plain ones
 * keep every BSON type; those with expressions or array operators are mingo's work.
 */
export function compileProjection(projection: Document | undefined, filter: Document): Project {
  if (projection === undefined || Object.keys(projection).length === 0) return (raw) => raw;
  const entries = Object.entries(projection);
  if (!entries.every(([path, value]) => isFlag(value) && !path.includes('$'))) return computed(projection, filter);
  const wanted = entries.filter(([path]) => path !== '_id').map(([, value]) => Boolean(value));
  const including = wanted.length > 0 ? wanted[0] === true : Boolean(projection['_id']);
  if (wanted.some((value) => value !== including)) {
    throw new CommandError(
      'BadValue',
      `Cannot do ${including ? 'exclusion' : 'inclusion'} on field ${entries.find(([path, value]) => path !== '_id' && Boolean(value) !== including)?.[0] ?? ''} in ${including ? 'inclusion' : 'exclusion'} projection`,
    );
  }
  return including ? inclusion(entries) : exclusion(entries);
}

const isFlag = (value: unknown): boolean => typeof value === 'number' || typeof value === 'boolean';

function inclusion(entries: readonly [string, unknown][]): Project {
  const paths = entries.filter(([, value]) => Boolean(value)).map(([path]) => path);
  if (!entries.some(([path, value]) => path === '_id' && !value)) paths.push('_id');
  if (paths.every((path) => !path.includes('.'))) {
    const fields = new Set(paths);
    return (raw) => pick(raw, fields);
  }
  const tree = treeOf(paths);
  const fields = new Set(Object.keys(tree));
  return (raw) => encode(include(decodeExact(pick(raw, fields)), tree) as Document);
}

function exclusion(entries: readonly [string, unknown][]): Project {
  const tree = treeOf(entries.filter(([, value]) => !value).map(([path]) => path));
  return (raw) => encode(exclude(decodeExact(raw), tree) as Document);
}

function treeOf(paths: readonly string[]): FieldTree {
  const root: FieldTree = {};
  for (const path of paths) {
    let node = root;
    const parts = path.split('.');
    for (const [i, part] of parts.entries()) {
      const next = node[part];
      if (next === true) break;
      if (i === parts.length - 1) node[part] = true;
      else node = node[part] = next ?? {};
    }
  }
  return root;
}

function include(value: unknown, tree: FieldTree): unknown {
  if (Array.isArray(value))
    return value.filter((item) => isDocument(item) || Array.isArray(item)).map((item: unknown) => include(item, tree));
  if (!isDocument(value)) return undefined;
  const result: Document = {};
  for (const [field, item] of Object.entries(value)) {
    const below = tree[field];
    if (below === true) setOwn(result, field, item);
    else if (below !== undefined) {
      const part = include(item, below);
      if (part !== undefined) setOwn(result, field, part);
    }
  }
  return result;
}

function exclude(value: unknown, tree: FieldTree): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => exclude(item, tree));
  if (!isDocument(value)) return value;
  const result: Document = {};
  for (const [field, item] of Object.entries(value)) {
    const below = tree[field];
    if (below === undefined) setOwn(result, field, item);
    else if (below !== true) setOwn(result, field, exclude(item, below));
  }
  return result;
}

function computed(projection: Document, filter: Document): Project {
  const positional = Object.keys(projection).find((path) => path.endsWith('.$'));
  if (positional !== undefined) return positionalProjection(projection, positional.slice(0, -2), filter);
  try {
    const aggregator = new Aggregator([{ $project: projection }], queryOptions);
    return (raw) => encode(aggregator.run([decode(raw)])[0] as Document);
  } catch (error) {
    throw asCommandError(error);
  }
}

/** `array.$` is the first element that the filter matched. */
function positionalProjection(projection: Document, path: string, filter: Document): Project {
  const condition = Object.hasOwn(filter, path)
    ? filter[path]
    : Object.fromEntries(
        Object.entries(filter)
          .filter(([key]) => key.startsWith(`${path}.`))
          .map(([key, value]) => [key.slice(path.length + 1), value]),
      );
  const others = Object.fromEntries(Object.entries(projection).filter(([key]) => key !== `${path}.$`));
  const match = isDocument(condition) && isDocument(condition['$elemMatch']) ? condition['$elemMatch'] : condition;
  const operators = isDocument(match) ? match : { $eq: match };
  return compileProjection({ ...others, [path]: { $elemMatch: operators } }, {});
}
