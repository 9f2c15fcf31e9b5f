import { ObjectId } from 'bson';
import { decodeExact, type Document, encode, promoteDocument } from '../bson/document.js';
import { idKey } from '../bson/ordered-key.js';
import { CommandError } from '../errors/command-error.js';
import type { Collection } from './collection.js';
import { findFirst, type FindRequest, prepareFind } from './find.js';
import { compileFilter, type Matcher } from './matcher.js';
import type { Found } from './scan.js';
import { compileUpdate, type Updater } from './update.js';
import { compileArrayFilters, equalityFields } from './update-positions.js';

/** One update as a client states it; numbers are exactly typed. */
export interface UpdateRequest {
  filter: Document;
  update: unknown;
  upsert: boolean;
  arrayFilters?: unknown;
  hint?: unknown;
  sort?: unknown;
}

/** A compiled update. */
export interface UpdateStatement {
  request: FindRequest;
  matcher: Matcher;
  updater: Updater;
  upsert: boolean;
  /** The whole document is replaced. */
  replacing: boolean;
  exactFilter: Document;
}

/** What an update did to one document. */
export interface UpdateOutcome {
  matched: number;
  modified: number;
  upsertedId?: unknown;
  before?: Buffer;
  after?: Buffer;
}

/** Compiles filter and update; refuses what MongoDB would refuse. */
export function prepareUpdate(request: UpdateRequest): UpdateStatement {
  const filter = promoteDocument(request.filter);
  const matcher = compileFilter(filter);
  const filters = compileArrayFilters(Array.isArray(request.arrayFilters) ? (request.arrayFilters as unknown[]) : []);
  return {
    request: { filter, hint: plain(request.hint), sort: plain(request.sort) },
    matcher,
    upsert: request.upsert,
    exactFilter: request.filter,
    updater: compileUpdate(request.update, filters, matcher),
    replacing: isReplacement(request.update),
  };
}

const plain = (value: unknown): unknown => (value === undefined ? undefined : promoteDocument({ value })['value']);

function isReplacement(update: unknown): boolean {
  return (
    typeof update === 'object' &&
    update !== null &&
    !Array.isArray(update) &&
    !Object.keys(update).some((key) => key.startsWith('$'))
  );
}

/**
 * Updates the first match, or inserts. Only inside a storage write, where nothing can come between looking and writing.
 */
export function updateOne(collection: Collection, statement: UpdateStatement): UpdateOutcome {
  const found = findFirst(collection, statement.request);
  if (found !== null) return applyTo(collection, found, statement);
  return statement.upsert ? upsert(collection, statement) : { matched: 0, modified: 0 };
}

/** Updates the document if it still matches. Only inside a storage write. */
export function updateIfMatching(collection: Collection, id: Buffer, statement: UpdateStatement): UpdateOutcome {
  const raw = collection.get(id);
  if (raw === undefined || !statement.matcher.raw(raw)) return { matched: 0, modified: 0 };
  return applyTo(collection, { id, raw }, statement);
}

/** Deletes the first match and returns how many. Only inside a storage write. */
export function deleteOne(collection: Collection, request: FindRequest): number {
  const found = findFirst(collection, request);
  if (found === null) return 0;
  collection.remove(found.id, found.raw);
  return 1;
}

/** Deletes the document if it still matches. Only inside a storage write. */
export function removeIfMatching(collection: Collection, id: Buffer, matcher: Matcher): number {
  const raw = collection.get(id);
  if (raw === undefined || !matcher.raw(raw)) return 0;
  collection.remove(id, raw);
  return 1;
}

/** The keys of all matches, found without holding up other requests. */
export async function matchingIds(collection: Collection, request: FindRequest): Promise<Buffer[]> {
  const ids: Buffer[] = [];
  let deadline = performance.now() + 8;
  for (const found of prepareFind(collection, request).results) {
    if (found !== null) ids.push(found.id);
    if (performance.now() > deadline) {
      await new Promise((resume) => setImmediate(resume));
      deadline = performance.now() + 8;
    }
  }
  return ids;
}

function applyTo(collection: Collection, { id, raw }: Found, statement: UpdateStatement): UpdateOutcome {
  const changed = encodeChanged(statement.updater(decodeExact(raw), false));
  if (changed.equals(raw)) return { matched: 1, modified: 0, before: raw, after: raw };
  collection.replace(id, raw, changed);
  return { matched: 1, modified: 1, before: raw, after: changed };
}

function upsert(collection: Collection, statement: UpdateStatement): UpdateOutcome {
  const base = equalityFields(statement.exactFilter);
  const start: Document = statement.replacing ? (Object.hasOwn(base, '_id') ? { _id: base['_id'] } : {}) : base;
  const updated = statement.updater(start, true);
  const { _id: id = new ObjectId(), ...rest } = updated;
  if (id === null && !Object.hasOwn(updated, '_id'))
    throw new CommandError('InvalidIdField', "The '_id' value is missing");
  const raw = encodeChanged({ _id: id, ...rest });
  collection.insert(raw);
  return { matched: 0, modified: 0, upsertedId: id, after: collection.get(idKey(id)) ?? raw };
}

/** Far beyond the limit of a document the encoder itself gives up. */
function encodeChanged(document: Document): Buffer {
  try {
    return encode(document);
  } catch (error) {
    if (error instanceof RangeError)
      throw new CommandError('BSONObjectTooLarge', 'Resulting document after update is larger than 16777216');
    throw error;
  }
}
