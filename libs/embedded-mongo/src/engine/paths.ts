import { isDocument } from '../bson/document.js';

/** What a query path leads to. */
export interface Reached {
  values: unknown[];
  /** Some sub-document on the way lacks the path, which a comparison with null matches. */
  missing: boolean;
}

/** All values at a dotted path, going through arrays as a MongoDB query does. A final array is one value. */
export function reach(document: unknown, path: string): Reached {
  const reached: Reached = { values: [], missing: false };
  walk(document, path.includes('.') ? path.split('.') : [path], 0, reached);
  return reached;
}

function walk(value: unknown, parts: readonly string[], at: number, reached: Reached): void {
  const part = parts[at];
  if (part === undefined) {
    if (value === undefined) reached.missing = true;
    else reached.values.push(value);
    return;
  }
  if (Array.isArray(value)) {
    if (isIndex(part) && Number(part) < value.length) walk(value[Number(part)], parts, at + 1, reached);
    for (const item of value) if (isDocument(item)) walk(item, parts, at, reached);
    return;
  }
  if (!isDocument(value) || !Object.hasOwn(value, part)) reached.missing = true;
  else walk(value[part], parts, at + 1, reached);
}

/** The values an index entry is made for: arrays are taken apart, a missing field counts as null. */
export function indexValues(
  document: unknown,
  path: string,
): { values: unknown[]; multikey: boolean; exists: boolean } {
  const { values, missing } = reach(document, path);
  const throughArray = values.length > 1 || crossesArray(document, path);
  const result: unknown[] = [];
  let multikey = throughArray;
  for (const value of values) {
    if (!Array.isArray(value)) result.push(value);
    else {
      multikey = true;
      if (value.length === 0) result.push(undefined);
      else result.push(...(value as unknown[]));
    }
  }
  const exists = result.length > 0;
  if (missing || !exists) result.push(null);
  return { values: result, multikey, exists };
}

function crossesArray(document: unknown, path: string): boolean {
  let value = document;
  for (const part of path.split('.')) {
    if (Array.isArray(value)) return true;
    if (!isDocument(value)) return false;
    value = value[part];
  }
  return false;
}

/** True for the text of an array position. */
export const isIndex = (part: string): boolean => /^(0|[1-9]\d*)$/.test(part);
