import { Query } from 'mingo/query';
import { MingoError } from 'mingo/util';
import { decodeFields, type Document, isDocument } from '../bson/document.js';
import { CommandError } from '../errors/command-error.js';
import { queryOptions } from './mingo-context.js';

/** A compiled filter. */
export interface Matcher {
  /** Tests an encoded document, decoding only the fields that the filter looks at. */
  raw: (document: Buffer) => boolean;
  /** Tests a decoded document (in its promoted form). */
  decoded: (document: Document) => boolean;
}

/** Compiles a filter; what MongoDB would refuse is refused here. */
export function compileFilter(filter: Document): Matcher {
  if (Object.keys(filter).length === 0) return { raw: () => true, decoded: () => true };
  const decoded = compile(filter);
  const fields = fieldsOf(filter);
  return { raw: (document) => decoded(decodeFields(document, fields)), decoded };
}

function compile(filter: Document): (document: Document) => boolean {
  checkOperators(filter);
  try {
    const query = new Query(filter, queryOptions);
    return (document) => query.test(document);
  } catch (error) {
    throw asCommandError(error);
  }
}

/** What mingo refuses is the client's mistake, not ours. */
export function asCommandError(error: unknown): unknown {
  if (error instanceof CommandError) return error;
  if (error instanceof MingoError || error instanceof SyntaxError || error instanceof TypeError)
    return new CommandError('BadValue', error.message);
  return error;
}

const LOGICAL: ReadonlySet<string> = new Set(['$and', '$or', '$nor']);
const REFUSED: ReadonlySet<string> = new Set([
  '$where',
  '$text',
  '$near',
  '$nearSphere',
  '$geoWithin',
  '$geoIntersects',
  '$jsonSchema',
  '$function',
]);

function checkOperators(filter: Document): void {
  for (const [key, value] of Object.entries(filter)) {
    if (REFUSED.has(key)) throw new CommandError('BadValue', `${key} is not supported by this server`);
    if (LOGICAL.has(key)) {
      if (!Array.isArray(value) || value.length === 0)
        throw new CommandError('BadValue', `${key} must be a nonempty array`);
      for (const branch of value as unknown[]) {
        if (!isDocument(branch)) throw new CommandError('BadValue', `${key} entries need to be full objects`);
        checkOperators(branch);
      }
    } else if (key.startsWith('$') && key !== '$expr' && key !== '$comment') {
      throw new CommandError(
        'BadValue',
        `unknown top level operator: ${key}. If you have a field name that starts with a '$' symbol, consider using $getField or $setField.`,
      );
    } else if (isDocument(value)) checkFieldOperators(value);
  }
}

function checkFieldOperators(value: Document): void {
  const keys = Object.keys(value);
  if (!keys.some((key) => key.startsWith('$')) || keys[0] === '$ref' || keys[0] === '$id') return;
  for (const key of keys) {
    if (REFUSED.has(key)) throw new CommandError('BadValue', `${key} is not supported by this server`);
    if (!FIELD_OPERATORS.has(key)) throw new CommandError('BadValue', `unknown operator: ${key}`);
    if ((key === '$in' || key === '$nin' || key === '$all') && !Array.isArray(value[key]))
      throw new CommandError('BadValue', `${key} needs an array`);
    if (key === '$not' && isDocument(value[key])) checkFieldOperators(value[key]);
  }
}

const FIELD_OPERATORS: ReadonlySet<string> = new Set([
  '$eq',
  '$ne',
  '$gt',
  '$gte',
  '$lt',
  '$lte',
  '$in',
  '$nin',
  '$exists',
  '$type',
  '$regex',
  '$options',
  '$mod',
  '$all',
  '$elemMatch',
  '$size',
  '$not',
  '$bitsAllClear',
  '$bitsAllSet',
  '$bitsAnyClear',
  '$bitsAnySet',
  '$expr',
  '$comment',
]);

/** The top-level fields a filter looks at, or null when it may look at any. */
export function fieldsOf(filter: Document): ReadonlySet<string> | null {
  const fields = new Set<string>();
  return collectFields(filter, fields) ? fields : null;
}

function collectFields(filter: Document, fields: Set<string>): boolean {
  for (const [key, value] of Object.entries(filter)) {
    if (LOGICAL.has(key)) {
      if (!(value as Document[]).every((branch) => collectFields(branch, fields))) return false;
    } else if (key === '$comment') continue;
    else if (key.startsWith('$')) return false;
    else fields.add(topLevel(key));
  }
  return true;
}

/** The first part of a dotted path. */
export const topLevel = (path: string): string => (path.includes('.') ? path.slice(0, path.indexOf('.')) : path);
