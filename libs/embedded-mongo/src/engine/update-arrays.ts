import { compareValues, equalValues } from '../bson/compare.js';
import { type Document, isDocument, promote, toNumber } from '../bson/document.js';
import { CommandError } from '../errors/command-error.js';
import { compileFilter } from './matcher.js';
import { reach } from './paths.js';
import { readSort } from './planner.js';

/** `$push` with its modifiers; returns the new array. */
export function pushTo(current: unknown, operand: unknown, path: string): unknown[] {
  const array = arrayOrEmpty(current, path, '$push');
  if (!isDocument(operand) || !Object.hasOwn(operand, '$each')) return [...array, operand];
  const unknown = Object.keys(operand).find((key) => !PUSH_MODIFIERS.has(key));
  if (unknown !== undefined) throw new CommandError('BadValue', `Unrecognized clause in $push: ${unknown}`);
  const position = operand['$position'] === undefined ? array.length : (toNumber(operand['$position']) ?? 0);
  const result = [...array];
  result.splice(position, 0, ...each(operand, '$push'));
  if (operand['$sort'] !== undefined) sortArray(result, operand['$sort']);
  return operand['$slice'] === undefined ? result : sliceArray(result, toNumber(operand['$slice']) ?? 0);
}

/** `$addToSet`; returns the same array when nothing is new. */
export function addToSet(current: unknown, operand: unknown, path: string): unknown[] {
  const array = arrayOrEmpty(current, path, '$addToSet');
  const wanted = isDocument(operand) && Object.hasOwn(operand, '$each') ? each(operand, '$addToSet') : [operand];
  const result = [...array];
  for (const value of wanted) if (!result.some((item) => equalValues(item, value))) result.push(value);
  return result.length === array.length && current !== undefined ? array : result;
}

/** `$pull`: an element goes if it equals the value or satisfies the condition. */
export function pullFrom(current: unknown, operand: unknown, path: string): unknown[] {
  const array = arrayOrEmpty(current, path, '$pull');
  const condition = promote(operand);
  if (!isDocument(condition)) {
    if (condition instanceof RegExp) return array.filter((item) => !(typeof item === 'string' && condition.test(item)));
    return array.filter((item) => !equalValues(item, operand));
  }
  const onValues = Object.keys(condition).some(
    (key) => key.startsWith('$') && key !== '$or' && key !== '$and' && key !== '$nor',
  );
  const { decoded } = compileFilter(onValues ? { item: condition } : condition);
  return array.filter((item) => {
    const value = promote(item);
    if (onValues) return !decoded({ item: value });
    return !(isDocument(value) && decoded(value));
  });
}

/** `$pullAll`. */
export function pullAll(current: unknown, operand: unknown, path: string): unknown[] {
  if (!Array.isArray(operand)) throw new CommandError('BadValue', '$pullAll requires an array argument');
  return arrayOrEmpty(current, path, '$pullAll').filter((item) => !operand.some((value) => equalValues(item, value)));
}

/** `$pop`. */
export function popFrom(current: unknown, operand: unknown, path: string): unknown[] {
  const end = toNumber(operand);
  if (end !== 1 && end !== -1)
    throw new CommandError('FailedToParse', `$pop expects 1 or -1, found: ${String(operand)}`);
  const array = arrayOrEmpty(current, path, '$pop');
  return end === 1 ? array.slice(0, -1) : array.slice(1);
}

const PUSH_MODIFIERS: ReadonlySet<string> = new Set(['$each', '$slice', '$sort', '$position']);

function arrayOrEmpty(current: unknown, path: string, operator: string): unknown[] {
  if (current === undefined) return [];
  if (!Array.isArray(current)) {
    const code = operator === '$pop' ? 'TypeMismatch' : 'BadValue';
    throw new CommandError(
      code,
      operator === '$push' || operator === '$addToSet'
        ? `The field '${path}' must be an array but is of a different type`
        : `Cannot apply ${operator} to a non-array value`,
    );
  }
  return current as unknown[];
}

function each(operand: Document, operator: string): unknown[] {
  const values = operand['$each'];
  if (!Array.isArray(values))
    throw new CommandError('BadValue', `The argument to $each in ${operator} must be an array`);
  return values as unknown[];
}

function sliceArray(array: unknown[], count: number): unknown[] {
  return count >= 0 ? array.slice(0, count) : array.slice(Math.max(0, array.length + count));
}

function sortArray(array: unknown[], order: unknown): void {
  const direction = toNumber(order);
  if (direction !== null) {
    array.sort((a, b) => compareValues(a, b) * direction);
    return;
  }
  const fields = readSort(promote(order));
  array.sort((a, b) => {
    for (const [path, descending] of fields) {
      const difference = compareValues(reach(a, path).values[0], reach(b, path).values[0]);
      if (difference !== 0) return descending ? -difference : difference;
    }
    return 0;
  });
}
