import { Decimal128, Double, Int32, Long } from 'bson';
import { toNumber } from '../bson/document.js';
import { CommandError } from '../errors/command-error.js';

/** Adds or multiplies and keeps MongoDB's number types: the wider one wins, a 32-bit overflow becomes 64-bit. */
export function arithmetic(operator: '$inc' | '$mul', current: unknown, operand: unknown, path: string): unknown {
  const left = toNumber(current);
  const right = toNumber(operand);
  if (right === null)
    throw new CommandError(
      'TypeMismatch',
      `Cannot ${VERB[operator]} with non-numeric argument: {${path}: ${JSON.stringify(operand)}}`,
    );
  if (left === null) {
    throw new CommandError(
      'TypeMismatch',
      `Cannot apply ${operator} to a value of non-numeric type. The field '${path}' has a non-numeric value`,
    );
  }
  const result = operator === '$inc' ? left + right : left * right;
  if (current instanceof Decimal128 || operand instanceof Decimal128) return Decimal128.fromString(String(result));
  if (!isInteger(current) || !isInteger(operand)) return new Double(result);
  if (!(current instanceof Long) && !(operand instanceof Long) && fitsInt32(result)) return new Int32(result);
  const exact = operator === '$inc' ? integer(current) + integer(operand) : integer(current) * integer(operand);
  if (exact !== BigInt.asIntN(64, exact)) {
    throw new CommandError(
      'BadValue',
      `Failed to apply ${operator} operations to current value: integer overflow at '${path}'`,
    );
  }
  return Long.fromBigInt(exact);
}

/** `$bit`: and, or, xor in order. */
export function bitwise(current: unknown, operations: readonly [string, unknown][], path: string): unknown {
  let value = integerOrRefuse(current ?? new Int32(0), path);
  let wide = current instanceof Long;
  for (const [name, operand] of operations) {
    const mask = integerOrRefuse(operand, path);
    wide ||= operand instanceof Long;
    if (name === 'and') value &= mask;
    else if (name === 'or') value |= mask;
    else if (name === 'xor') value ^= mask;
    else throw new CommandError('BadValue', `The $bit modifier only supports 'and', 'or', and 'xor', not '${name}'`);
  }
  return wide ? Long.fromBigInt(value) : new Int32(Number(BigInt.asIntN(32, value)));
}

const VERB = { $inc: 'increment', $mul: 'multiply' } as const;
const fitsInt32 = (value: number): boolean => value >= -(2 ** 31) && value < 2 ** 31;
const isInteger = (value: unknown): boolean =>
  value instanceof Int32 || value instanceof Long || (typeof value === 'number' && Number.isInteger(value));
const integer = (value: unknown): bigint => (value instanceof Long ? value.toBigInt() : BigInt(toNumber(value) ?? 0));

function integerOrRefuse(value: unknown, path: string): bigint {
  if (!isInteger(value)) throw new CommandError('BadValue', `The $bit modifier needs integers at '${path}'`);
  return integer(value);
}
