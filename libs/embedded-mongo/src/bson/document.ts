import { BSONRegExp, Decimal128, deserialize, Double, Int32, Long, serialize } from 'bson';
import { elements, pick } from './raw-document.js';

/** A decoded document. Values are BSON classes, JavaScript primitives, arrays or documents. */
export type Document = Record<string, unknown>;

const PROMOTED = { promoteBuffers: false, promoteLongs: true, promoteValues: true } as const;
const EXACT = { promoteBuffers: false, promoteLongs: false, promoteValues: false, bsonRegExp: true } as const;
/** Below this size decoding everything is cheaper than looking for the wanted fields. */
const SMALL = 512;

/** Decodes for comparing and computing: numbers become JavaScript numbers where they fit. */
export const decode = (raw: Uint8Array): Document => deserialize(raw, PROMOTED);

/** Decodes for changing and storing again: every number keeps its BSON type. */
export const decodeExact = (raw: Uint8Array): Document => deserialize(raw, EXACT);

/** Decodes only the given top-level fields, so that a large binary field costs nothing. `null` means all fields. */
export function decodeFields(raw: Buffer, fields: ReadonlySet<string> | null): Document {
  return fields === null || raw.length < SMALL ? decode(raw) : decode(pick(raw, fields));
}

/** Like `decodeFields`, but numbers keep their BSON type (index keys of 64-bit integers need it). */
export function decodeExactFields(raw: Buffer, fields: ReadonlySet<string>): Document {
  return decodeExact(raw.length < SMALL ? raw : pick(raw, fields));
}

/** Encodes a document. */
export function encode(document: Document): Buffer {
  const bytes = serialize(document, { ignoreUndefined: true });
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** True for a plain sub-document (not a BSON class, date, array or null). */
export function isDocument(value: unknown): value is Document {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** Turns exactly typed values into the promoted form that queries compare. */
export function promote(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Int32 || value instanceof Double) return value.value;
  if (value instanceof Long) return value.greaterThan(MAX_SAFE) || value.lessThan(MIN_SAFE) ? value : value.toNumber();
  if (value instanceof BSONRegExp) return new RegExp(value.pattern, javascriptFlags(value.options));
  if (Array.isArray(value)) return value.map(promote);
  return isDocument(value) ? promoteDocument(value) : value;
}

/** `promote` for a whole document. */
export function promoteDocument(document: Document): Document {
  const result: Document = {};
  for (const [key, value] of Object.entries(document)) setOwn(result, key, promote(value));
  return result;
}

/** Assigns a field even if it is called `__proto__`. */
export function setOwn(target: Document, key: string, value: unknown): void {
  if (key === '__proto__')
    Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true });
  else target[key] = value;
}

/** A number from any numeric BSON value, or null. */
export function toNumber(value: unknown): number | null {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof Int32 || value instanceof Double) return value.value;
  if (value instanceof Long) return value.toNumber();
  return value instanceof Decimal128 ? Number(value.toString()) : null;
}

/** A copy that shares no container with the original. */
export function clone<T>(value: T): T {
  if (Array.isArray(value)) return value.map(clone) as T;
  if (!isDocument(value)) return value;
  const result: Document = {};
  for (const [key, item] of Object.entries(value)) setOwn(result, key, clone(item));
  return result as T;
}

/** The raw bytes of the `_id` element wrapped as a document, or null when there is none. */
export function idOf(raw: Buffer): { value: unknown } | null {
  for (const element of elements(raw)) {
    if (element.name === '_id') return { value: decodeExact(pick(raw, ID_ONLY))['_id'] };
  }
  return null;
}

const ID_ONLY: ReadonlySet<string> = new Set(['_id']);
const MAX_SAFE = Long.fromNumber(Number.MAX_SAFE_INTEGER);
const MIN_SAFE = Long.fromNumber(Number.MIN_SAFE_INTEGER);
const javascriptFlags = (options: string): string => [...options].filter((flag) => 'imsu'.includes(flag)).join('');
