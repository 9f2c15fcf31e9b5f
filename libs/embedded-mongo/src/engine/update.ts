import { Long, Timestamp } from 'bson';
import { Aggregator } from 'mingo/aggregator';
import { compareValues, equalValues } from '../bson/compare.js';
import { clone, type Document, isDocument, promoteDocument, setOwn } from '../bson/document.js';
import { CommandError } from '../errors/command-error.js';
import { asCommandError, type Matcher } from './matcher.js';
import { queryOptions } from './mingo-context.js';
import { arithmetic, bitwise } from './update-arithmetic.js';
import { addToSet, popFrom, pullAll, pullFrom, pushTo } from './update-arrays.js';
import { getAt, setAt, unsetAt } from './update-paths.js';
import { type ArrayFilters, expandPath } from './update-positions.js';

/** An update applied to a decoded (exactly typed) document. `inserting` is true for the document an upsert makes. */
export type Updater = (document: Document, inserting: boolean) => Document;

/** One operator on one path. */
interface Change {
  operator: string;
  path: string;
  operand: unknown;
}

/** Compiles a replacement, an operator document or a pipeline. */
export function compileUpdate(update: unknown, filters: ArrayFilters, matcher: Matcher): Updater {
  if (Array.isArray(update)) return pipelineUpdate(update as Document[]);
  if (!isDocument(update))
    throw new CommandError('FailedToParse', 'Update argument must be either an object or an array');
  const operators = Object.keys(update);
  if (!operators.some((name) => name.startsWith('$'))) return replacement(update);
  const changes = operators.flatMap((operator) => changesOf(operator, update[operator]));
  checkConflicts(changes);
  return (document, inserting) => {
    const result = clone(document);
    for (const change of changes) {
      if (change.operator === '$setOnInsert' && !inserting) continue;
      for (const parts of expandPath(change.path, result, filters, matcher)) apply(result, parts, change);
    }
    checkId(document, result, inserting);
    return result;
  };
}

const OPERATORS: ReadonlySet<string> = new Set([
  '$set',
  '$unset',
  '$inc',
  '$mul',
  '$min',
  '$max',
  '$rename',
  '$setOnInsert',
  '$currentDate',
  '$bit',
  '$push',
  '$addToSet',
  '$pull',
  '$pullAll',
  '$pop',
]);

function changesOf(operator: string, operands: unknown): Change[] {
  if (!OPERATORS.has(operator)) {
    throw new CommandError(
      'FailedToParse',
      `Unknown modifier: ${operator}. Expected a valid update modifier or pipeline-style update specified as an array`,
    );
  }
  if (!isDocument(operands))
    throw new CommandError(
      'FailedToParse',
      `Modifiers operate on fields but we found another type for ${operator}. For example: {$mod: {<field>: ...}}`,
    );
  return Object.entries(operands).map(([path, operand]) => ({ operator, path, operand }));
}

function checkConflicts(changes: readonly Change[]): void {
  const paths = changes
    .flatMap(({ operator, path, operand }) => (operator === '$rename' ? [path, String(operand)] : [path]))
    .sort();
  for (const [i, path] of paths.entries()) {
    const next = paths.slice(i + 1).find((other) => other === path || other.startsWith(`${path}.`));
    if (next !== undefined)
      throw new CommandError(
        'ConflictingUpdateOperators',
        `Updating the path '${next}' would create a conflict at '${path}'`,
      );
  }
}

function apply(document: Document, parts: readonly string[], { operator, operand }: Change): void {
  const path = parts.join('.');
  const current = getAt(document, parts);
  switch (operator) {
    case '$set':
    case '$setOnInsert':
      setAt(document, parts, clone(operand));
      return;
    case '$unset':
      unsetAt(document, parts);
      return;
    case '$inc':
      setAt(
        document,
        parts,
        current === undefined ? checked(operator, operand, path) : arithmetic('$inc', current, operand, path),
      );
      return;
    case '$mul':
      setAt(document, parts, arithmetic('$mul', current ?? arithmetic('$mul', 0, operand, path), operand, path));
      return;
    case '$min':
      if (current === undefined || compareValues(operand, current) < 0) setAt(document, parts, operand);
      return;
    case '$max':
      if (current === undefined || compareValues(operand, current) > 0) setAt(document, parts, operand);
      return;
    case '$bit':
      setAt(document, parts, bitwise(current, Object.entries(isDocument(operand) ? operand : {}), path));
      return;
    case '$currentDate':
      setAt(document, parts, currentDate(operand));
      return;
    case '$rename':
      rename(document, parts, String(operand));
      return;
    case '$push':
      setAt(document, parts, pushTo(current, clone(operand), path));
      return;
    case '$addToSet':
      setAt(document, parts, addToSet(current, clone(operand), path));
      return;
    case '$pull':
      if (current !== undefined) setAt(document, parts, pullFrom(current, operand, path));
      return;
    case '$pullAll':
      if (current !== undefined) setAt(document, parts, pullAll(current, operand, path));
      return;
    case '$pop':
      if (current !== undefined) setAt(document, parts, popFrom(current, operand, path));
      return;
    default:
  }
}

function checked(operator: '$inc', operand: unknown, path: string): unknown {
  arithmetic(operator, 0, operand, path);
  return operand;
}

function rename(document: Document, parts: readonly string[], target: string): void {
  const value = getAt(document, parts);
  if (value === undefined) return;
  unsetAt(document, parts);
  setAt(document, target.split('.'), value);
}

function currentDate(operand: unknown): unknown {
  const type = isDocument(operand) ? operand['$type'] : 'date';
  if (type === 'timestamp') return new Timestamp(Long.fromBits(1, Math.floor(Date.now() / 1000)));
  if (type !== 'date')
    throw new CommandError('BadValue', "The '$type' string field is required to be 'date' or 'timestamp'");
  return new Date();
}

function replacement(update: Document): Updater {
  return (document) => {
    const id = Object.hasOwn(document, '_id') ? document['_id'] : update['_id'];
    if (Object.hasOwn(update, '_id') && !equalValues(update['_id'], id)) throw immutableId();
    return id === undefined ? clone(update) : { _id: id, ...withoutId(clone(update)) };
  };
}

function withoutId({ _id: _dropped, ...rest }: Document): Document {
  return rest;
}

function checkId(before: Document, after: Document, inserting: boolean): void {
  const same = equalValues(before['_id'], after['_id']) && Object.hasOwn(before, '_id') === Object.hasOwn(after, '_id');
  if (!same && !(inserting && !Object.hasOwn(before, '_id'))) throw immutableId();
}

const immutableId = (): CommandError =>
  new CommandError('ImmutableField', "Performing an update on the path '_id' would modify the immutable field '_id'");

const PIPELINE_STAGES: ReadonlySet<string> = new Set([
  '$addFields',
  '$set',
  '$project',
  '$unset',
  '$replaceRoot',
  '$replaceWith',
]);

function pipelineUpdate(stages: readonly Document[]): Updater {
  for (const stage of stages) {
    const name = Object.keys(stage)[0] ?? '';
    if (!PIPELINE_STAGES.has(name))
      throw new CommandError('InvalidOptions', `${name} is not allowed to be used within an update`);
  }
  return (document, inserting) => {
    const before = promoteDocument(document);
    let after: Document;
    try {
      after = new Aggregator(
        stages.map((stage) => promoteDocument(stage)),
        queryOptions,
      ).run([promoteDocument(document)])[0] as Document;
    } catch (error) {
      throw asCommandError(error);
    }
    const result =
      Object.hasOwn(document, '_id') && !Object.hasOwn(after, '_id') ? ({ _id: document['_id'] } as Document) : {};
    for (const [field, value] of Object.entries(after)) {
      if (value === undefined) continue;
      // What the pipeline left alone keeps its exact BSON type.
      setOwn(
        result,
        field,
        Object.hasOwn(before, field) && equalValues(before[field], value) ? document[field] : value,
      );
    }
    checkId(document, result, inserting);
    return result;
  };
}
