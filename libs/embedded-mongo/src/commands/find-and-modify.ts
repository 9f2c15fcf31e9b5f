import { isDocument, toNumber } from '../bson/document.js';
import { findFirst } from '../engine/find.js';
import { compileProjection } from '../engine/projection.js';
import { prepareUpdate, updateOne } from '../engine/write.js';
import { CommandError } from '../errors/command-error.js';
import { RawDocument } from '../wire/reply.js';
import type { Command } from './command-context.js';

const findAndModify: Command = async (context) => {
  context.refuseCollation();
  const { body, databases } = context;
  const filter = body['query'] ?? {};
  if (!isDocument(filter)) throw new CommandError('TypeMismatch', "The 'query' field must be an object");
  const projection = compileProjection(context.documentAt('fields'), context.documentAt('query'));
  const value = (raw: Buffer | undefined): RawDocument | null =>
    raw === undefined ? null : new RawDocument(projection(raw));
  if (flag(body['remove'])) {
    if (body['update'] !== undefined || flag(body['new']))
      throw new CommandError('FailedToParse', 'Cannot specify both an update and remove=true');
    return databases.storage.write(() => {
      const collection = context.collection();
      const found =
        collection &&
        findFirst(collection, {
          filter: context.documentAt('query'),
          sort: context.plain['sort'],
          hint: context.plain['hint'],
        });
      if (!collection || !found) return { lastErrorObject: { n: 0 }, value: null };
      collection.remove(found.id, found.raw);
      return { lastErrorObject: { n: 1 }, value: value(found.raw) };
    });
  }
  if (body['update'] === undefined)
    throw new CommandError('FailedToParse', 'Either an update or remove=true must be specified');
  const upsert = flag(body['upsert']);
  const statement = prepareUpdate({
    filter,
    update: body['update'],
    upsert,
    sort: body['sort'],
    hint: body['hint'],
    arrayFilters: body['arrayFilters'],
  });
  return databases.storage.write(() => {
    const collection = upsert ? databases.findOrCreate(context.database, context.collectionName) : context.collection();
    if (collection === undefined) return { lastErrorObject: { n: 0, updatedExisting: false }, value: null };
    const outcome = updateOne(collection, statement);
    const returned = flag(body['new']) ? outcome.after : outcome.before;
    const last = {
      n: outcome.matched + (outcome.upsertedId === undefined ? 0 : 1),
      updatedExisting: outcome.matched > 0,
    };
    return {
      lastErrorObject: outcome.upsertedId === undefined ? last : { ...last, upserted: outcome.upsertedId },
      value: value(returned),
    };
  });
};

const flag = (value: unknown): boolean => value === true || (toNumber(value) ?? 0) !== 0;

/** The command under both of its names. */
export const findAndModifyCommands: Record<string, Command> = { findAndModify, findandmodify: findAndModify };
