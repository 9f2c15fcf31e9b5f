import { type Document, isDocument, setOwn } from '../bson/document.js';
import { CommandError } from '../errors/command-error.js';
import { isIndex } from './paths.js';

const MOST_PADDED = 1_500_000;

/** The value at a concrete dotted path (numbers are array positions), or undefined. */
export function getAt(document: unknown, parts: readonly string[]): unknown {
  let value = document;
  for (const part of parts) {
    if (Array.isArray(value)) value = isIndex(part) ? (value as unknown[])[Number(part)] : undefined;
    else value = isDocument(value) && Object.hasOwn(value, part) ? value[part] : undefined;
  }
  return value;
}

/** Sets a concrete path and makes the documents on the way. */
export function setAt(document: Document, parts: readonly string[], value: unknown): void {
  let container: unknown = document;
  for (const [i, part] of parts.slice(0, -1).entries()) {
    let next = childOf(container, part);
    if (next === undefined) {
      next = {};
      assign(container, part, next, parts, i);
    }
    container = next;
  }
  assign(container, parts[parts.length - 1] ?? '', value, parts, parts.length - 1);
}

/** Removes a concrete path; an array keeps its length and gets a null. */
export function unsetAt(document: Document, parts: readonly string[]): boolean {
  const container = getAt(document, parts.slice(0, -1));
  const last = parts[parts.length - 1] ?? '';
  if (Array.isArray(container)) {
    if (!isIndex(last) || Number(last) >= container.length) return false;
    (container as unknown[])[Number(last)] = null;
    return true;
  }
  return isDocument(container) && Object.hasOwn(container, last) && delete container[last];
}

function childOf(container: unknown, part: string): unknown {
  if (Array.isArray(container)) return isIndex(part) ? (container as unknown[])[Number(part)] : undefined;
  return isDocument(container) && Object.hasOwn(container, part) ? container[part] : undefined;
}

function assign(container: unknown, part: string, value: unknown, parts: readonly string[], at: number): void {
  if (isDocument(container)) {
    setOwn(container, part, value);
    return;
  }
  if (Array.isArray(container) && isIndex(part)) {
    const position = Number(part);
    if (position > container.length + MOST_PADDED)
      throw new CommandError('BadValue', `can't backfill more than ${MOST_PADDED} elements`);
    while (container.length < position) container.push(null);
    container[position] = value;
    return;
  }
  const parent = parts[at - 1] ?? '';
  const shown = Array.isArray(container)
    ? '[...]'
    : container instanceof Object
      ? JSON.stringify(container)
      : JSON.stringify(container ?? null);
  throw new CommandError('PathNotViable', `Cannot create field '${part}' in element {${parent}: ${shown}}`);
}
