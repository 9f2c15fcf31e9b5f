import { decodeExact, type Document } from '../bson/document.js';
import { promoteDocument, toNumber } from '../bson/document.js';
import type { Collection } from '../engine/collection.js';
import { compileFilter } from '../engine/matcher.js';
import {
  deleteOne,
  matchingIds,
  removeIfMatching,
  updateIfMatching,
  updateOne,
  type UpdateStatement,
} from '../engine/write.js';
import { prepareUpdate } from '../engine/write.js';
import { CommandError } from '../errors/command-error.js';
import type { Command, CommandContext } from './command-context.js';

/** So many statements share a commit at most, so that readers get their turn in a large batch. */
const STATEMENTS_PER_COMMIT = 200;
const BYTES_PER_COMMIT = 8 * 1024 * 1024;

/** The outcome of a bulk of writes, as it grows. */
class WriteResult {
  n = 0;
  modified = 0;
  readonly upserted: Document[] = [];
  readonly errors: Document[] = [];

  constructor(private readonly ordered: boolean) {}

  get stopped(): boolean {
    return this.ordered && this.errors.length > 0;
  }

  /** Runs one statement; its refusal becomes a write error with its position. */
  attempt(index: number, statement: () => void): void {
    try {
      statement();
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      this.errors.push({ index, code: error.code, ...error.details, errmsg: error.message });
    }
  }

  answer(): Document {
    return this.errors.length > 0 ? { n: this.n, writeErrors: this.errors } : { n: this.n };
  }
}

const insert: Command = async (context) => {
  const documents = context.raw.get('documents');
  if (documents === undefined || documents.length === 0)
    throw new CommandError('InvalidOptions', 'Write batch sizes must be between 1 and 100000. Got 0 operations.');
  const ordered = context.body['ordered'] !== false;
  const committed = new WriteResult(ordered);
  for (let start = 0; start < documents.length && !committed.stopped;) {
    const end = chunkEnd(documents, start);
    await commit(context, committed, ordered, (result) => {
      const collection = context.databases.findOrCreate(context.database, context.collectionName);
      for (let i = start; i < end && !result.stopped; i++) {
        const document = documents[i];
        if (document !== undefined) result.attempt(i, () => (collection.insert(document), result.n++));
      }
    });
    start = end;
  }
  return committed.answer();
};

function chunkEnd(documents: readonly Buffer[], start: number): number {
  let bytes = 0;
  let end = start;
  while (end < documents.length && end - start < STATEMENTS_PER_COMMIT && (end === start || bytes < BYTES_PER_COMMIT))
    bytes += documents[end++]?.length ?? 0;
  return end;
}

/** A write may run twice (see Storage.write), so each run counts for itself and only the committed one is kept. */
async function commit(
  context: CommandContext,
  total: WriteResult,
  ordered: boolean,
  work: (result: WriteResult) => void,
): Promise<void> {
  const result = await context.databases.storage.write(() => {
    const attempt = new WriteResult(ordered);
    work(attempt);
    return attempt;
  });
  total.n += result.n;
  total.modified += result.modified;
  total.upserted.push(...result.upserted);
  total.errors.push(...result.errors);
}

const update: Command = async (context) => {
  const ordered = context.body['ordered'] !== false;
  const total = new WriteResult(ordered);
  const statements = context.statements('updates', decodeExact);
  await runStatements(statements, total, (statement) => statement['multi'] === true, {
    several: (from, to) =>
      commit(context, total, ordered, (result) => {
        for (let i = from; i < to && !result.stopped; i++)
          result.attempt(i, () => runUpdate(context, statements[i] ?? {}, i, result));
      }),
    multi: (i) => updateMany(context, statements[i] ?? {}, i, total, ordered),
  });
  const answer = { ...total.answer(), nModified: total.modified };
  return total.upserted.length > 0 ? { ...answer, upserted: total.upserted } : answer;
};

function runUpdate(context: CommandContext, statement: Document, index: number, result: WriteResult): void {
  const prepared = prepare(context, statement);
  const collection = prepared.upsert
    ? context.databases.findOrCreate(context.database, context.collectionName)
    : context.collection();
  if (collection === undefined) return;
  const outcome = updateOne(collection, prepared);
  result.n += outcome.matched + (outcome.upsertedId === undefined ? 0 : 1);
  result.modified += outcome.modified;
  if (outcome.upsertedId !== undefined) result.upserted.push({ index, _id: outcome.upsertedId });
}

async function updateMany(
  context: CommandContext,
  statement: Document,
  index: number,
  total: WriteResult,
  ordered: boolean,
): Promise<void> {
  let ids: Buffer[] = [];
  let prepared: UpdateStatement | null = null;
  const collection = context.collection();
  total.attempt(index, () => (prepared = prepare(context, statement)));
  if (prepared === null) return;
  const ready = prepared as UpdateStatement;
  if (ready.replacing) {
    total.errors.push({ index, code: 9, errmsg: 'multi update is not supported for replacement-style update' });
    return;
  }
  if (collection !== undefined) ids = await matchingIds(collection, ready.request);
  if (ids.length === 0 && ready.upsert) {
    await commit(context, total, ordered, (result) =>
      result.attempt(index, () => runUpdate(context, statement, index, result)),
    );
  } else if (collection !== undefined) {
    await inChunks(
      ids,
      () => total.errors.some((error) => error['index'] === index),
      (chunk) =>
        commit(context, total, true, (result) => {
          for (const id of chunk)
            if (!result.stopped)
              result.attempt(index, () => count(result, updateIfMatching(current(context, collection), id, ready)));
        }),
    );
  }
}

/** The collection may have been dropped or indexed since the matches were looked up. */
const current = (context: CommandContext, collection: Collection): Collection =>
  context.databases.find(collection.definition.database, collection.definition.name) ?? collection;

function count(result: WriteResult, outcome: { matched: number; modified: number }): void {
  result.n += outcome.matched;
  result.modified += outcome.modified;
}

function prepare(context: CommandContext, statement: Document): UpdateStatement {
  context.refuseCollation(statement);
  return prepareUpdate({
    filter: documentOf(statement['q']),
    update: statement['u'],
    upsert: statement['upsert'] === true,
    arrayFilters: statement['arrayFilters'],
    hint: statement['hint'],
    sort: statement['sort'],
  });
}

const remove: Command = async (context) => {
  const ordered = context.body['ordered'] !== false;
  const total = new WriteResult(ordered);
  const statements = context.statements('deletes', decodeExact);
  const filters = statements.map((statement) => promoteDocument(documentOf(statement['q'])));
  const collection = context.collection();
  if (collection === undefined) return total.answer();
  await runStatements(statements, total, (statement) => toNumber(statement['limit']) !== 1, {
    several: (from, to) =>
      commit(context, total, ordered, (result) => {
        for (let i = from; i < to && !result.stopped; i++) {
          result.attempt(
            i,
            () =>
              (result.n += deleteOne(current(context, collection), {
                filter: filters[i] ?? {},
                hint: statements[i]?.['hint'],
              })),
          );
        }
      }),
    multi: async (i) => {
      const filter = filters[i] ?? {};
      let matcher = compileFilter({});
      total.attempt(i, () => (matcher = compileFilter(filter)));
      if (total.errors.some((error) => error['index'] === i)) return;
      const ids = await matchingIds(collection, { filter, hint: statements[i]?.['hint'] });
      await inChunks(
        ids,
        () => false,
        (chunk) =>
          commit(context, total, ordered, (result) => {
            for (const id of chunk) result.n += removeIfMatching(current(context, collection), id, matcher);
          }),
      );
    },
  });
  return total.answer();
};

interface StatementRunner {
  several: (from: number, to: number) => Promise<void>;
  multi: (index: number) => Promise<void>;
}

/** Consecutive statements on single documents share a commit. */
async function runStatements(
  statements: readonly Document[],
  total: WriteResult,
  isMulti: (statement: Document) => boolean,
  run: StatementRunner,
): Promise<void> {
  for (let i = 0; i < statements.length && !total.stopped;) {
    const first = statements[i];
    if (first !== undefined && isMulti(first)) {
      await run.multi(i++);
      continue;
    }
    let end = i + 1;
    while (end < statements.length && end - i < STATEMENTS_PER_COMMIT && !isMulti(statements[end] ?? {})) end++;
    await run.several(i, end);
    i = end;
  }
}

async function inChunks(
  ids: readonly Buffer[],
  stopped: () => boolean,
  run: (chunk: readonly Buffer[]) => Promise<void>,
): Promise<void> {
  for (let i = 0; i < ids.length && !stopped(); i += STATEMENTS_PER_COMMIT)
    await run(ids.slice(i, i + STATEMENTS_PER_COMMIT));
}

function documentOf(value: unknown): Document {
  if (typeof value !== 'object' || value === null)
    throw new CommandError('TypeMismatch', 'The filter must be an object');
  return value as Document;
}

/** Commands that write documents. */
export const writeCommands: Record<string, Command> = { insert, update, delete: remove };
