import { TypeRank, typeRank } from '../bson/compare.js';
import { type Document, isDocument } from '../bson/document.js';

/** One end of a range. */
interface Limit {
  value: unknown;
  inclusive: boolean;
}

/** What a filter demands of one path, as far as an index can use it. */
export interface Constraint {
  /** The value must be one of these. */
  points?: unknown[];
  lower?: Limit;
  upper?: Limit;
  /** Neither null nor missing can satisfy it, so that a sparse index holds every match. */
  rejectsNull: boolean;
  /** The bounds above say all that the filter demands of this path. */
  exact: boolean;
}

/** The constraints of a filter by path, and whether the filter demands nothing besides them. */
export interface Constraints {
  byPath: Map<string, Constraint>;
  complete: boolean;
}

/** Reads the conjunction at the top of a filter. What is no use to an index is left to the filter itself. */
export function readConstraints(filter: Document): Constraints {
  const constraints: Constraints = { byPath: new Map(), complete: true };
  collect(filter, constraints);
  return constraints;
}

function collect(filter: Document, constraints: Constraints): void {
  for (const [key, value] of Object.entries(filter)) {
    if (key === '$and' && Array.isArray(value)) {
      for (const branch of value as unknown[]) if (isDocument(branch)) collect(branch, constraints);
    } else if (key === '$comment') continue;
    else if (key.startsWith('$')) constraints.complete = false;
    else addConstraint(constraints, key, value);
  }
}

function addConstraint(constraints: Constraints, path: string, value: unknown): void {
  const known = constraints.byPath.get(path);
  const constraint = known ?? { rejectsNull: false, exact: true };
  if (known === undefined) constraints.byPath.set(path, constraint);
  else constraint.exact = false;
  if (isDocument(value) && Object.keys(value).some((key) => key.startsWith('$'))) {
    for (const [operator, operand] of Object.entries(value)) applyOperator(constraint, operator, operand);
  } else applyOperator(constraint, '$eq', value);
}

function applyOperator(constraint: Constraint, operator: string, operand: unknown): void {
  switch (operator) {
    case '$eq':
      usePoints(constraint, [operand]);
      return;
    case '$in':
      usePoints(constraint, Array.isArray(operand) ? (operand as unknown[]) : []);
      return;
    case '$gt':
    case '$gte':
      useLimit(constraint, 'lower', operand, operator === '$gte');
      return;
    case '$lt':
    case '$lte':
      useLimit(constraint, 'upper', operand, operator === '$lte');
      return;
    default:
      constraint.exact = false;
  }
}

function usePoints(constraint: Constraint, values: unknown[]): void {
  const usable = values.every((value) => !(value instanceof RegExp) && !Array.isArray(value));
  const hasNull = values.some((value) => typeRank(value ?? null) === TypeRank.null);
  if (!usable || constraint.points !== undefined) {
    constraint.exact = false;
    return;
  }
  constraint.points = values.map((value) => value ?? null);
  constraint.rejectsNull ||= !hasNull;
  if (hasNull || constraint.lower !== undefined || constraint.upper !== undefined) constraint.exact = false;
}

function useLimit(constraint: Constraint, end: 'lower' | 'upper', value: unknown, inclusive: boolean): void {
  const rank = typeRank(value ?? null);
  const usable = RANGED.has(rank) && !(typeof value === 'number' && Number.isNaN(value));
  const other = end === 'lower' ? constraint.upper : constraint.lower;
  const fits = other === undefined || typeRank(other.value) === rank;
  if (!usable || !fits || constraint[end] !== undefined) {
    constraint.exact = false;
    return;
  }
  constraint[end] = { value, inclusive };
  constraint.rejectsNull = true;
  // NaN sorts below all numbers but is not less than any.
  if (constraint.points !== undefined || (rank === TypeRank.number && end === 'upper')) constraint.exact = false;
}

const RANGED: ReadonlySet<number> = new Set<number>([
  TypeRank.number,
  TypeRank.string,
  TypeRank.binary,
  TypeRank.objectId,
  TypeRank.boolean,
  TypeRank.date,
  TypeRank.timestamp,
]);
