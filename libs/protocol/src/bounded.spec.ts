import { z } from 'zod';
import * as protocol from './index.js';

const LENGTH_CHECKS = new Set(['max_length', 'length_equals']);

/** What the checks of a schema say, however zod wraps them. */
const checksOf = (schema: z.core.$ZodType): (z.core.$ZodCheckDef & { params?: { maxEntries?: unknown } })[] =>
  (schema._zod.def.checks ?? []).map((check) => check._zod.def);
const hasLength = (schema: z.core.$ZodType): boolean => checksOf(schema).some(({ check }) => LENGTH_CHECKS.has(check));
const hasEntries = (schema: z.core.$ZodType): boolean =>
  checksOf(schema).some(({ params }) => typeof params?.maxEntries === 'number');

/** Bounded by themselves. */
const SIMPLE = new Set(['number', 'int', 'boolean', 'null', 'literal', 'enum', 'undefined', 'transform']);

/**
 * The places of a schema that take texts, lists or records of any length, or values of any depth. What is not known here
 * counts as such a place: a new kind of schema has to be thought about.
 * @param isHanded a pipe hands it a text whose length was looked at
 */
function unbounded(
  given: z.core.$ZodType,
  path: string,
  within: readonly z.core.$ZodType[] = [],
  isHanded = false,
): string[] {
  const schema = given as z.core.$ZodTypes;
  const { def } = schema._zod;
  if (within.includes(schema)) return [`${path}: of any depth`];
  const inner = (next: z.core.$ZodType, name: string, handed = false): string[] =>
    unbounded(next, `${path}${name}`, [...within, schema], handed);
  const self = (isBounded: boolean, what: string): string[] => (isBounded ? [] : [`${path}: ${what}`]);
  switch (def.type) {
    case 'string':
      return self(isHanded || hasLength(schema), 'a string of any length');
    case 'array':
      return [...self(hasLength(schema), 'an array of any length'), ...inner(def.element, '[]')];
    case 'record': {
      const isOfNames = def.keyType._zod.def.type === 'enum';
      return [
        ...self(isOfNames || hasEntries(schema), 'a record of any number of entries'),
        ...inner(def.keyType, '{key}'),
        ...inner(def.valueType, '{}'),
      ];
    }
    case 'object':
      return [
        ...Object.entries(def.shape).flatMap(([name, field]) => inner(field, `.${name}`)),
        ...(def.catchall ? inner(def.catchall, '.*') : []),
      ];
    case 'tuple':
      return [...def.items, ...(def.rest ? [def.rest] : [])]
        .flatMap((item, n) => inner(item, `[${n}]`))
        .concat(self(!def.rest, 'a tuple of any length'));
    case 'union':
      return def.options.flatMap((option, n) => inner(option, `|${n}`));
    case 'intersection':
      return [...inner(def.left, '&0'), ...inner(def.right, '&1')];
    case 'pipe':
      return [...inner(def.in, '', isHanded), ...inner(def.out, '→', def.in._zod.def.type === 'string')];
    case 'lazy':
      return inner(def.getter(), '');
    case 'optional':
    case 'nullable':
    case 'default':
    case 'prefault':
    case 'nonoptional':
    case 'readonly':
    case 'catch':
      return inner(def.innerType, '');
    case 'never':
      return [];
    default:
      return self(SIMPLE.has(def.type), `a schema of the kind ${def.type}, of which no bound is known`);
  }
}

const isSchema = (value: unknown): value is z.ZodType => value instanceof z.ZodType;

describe('the schemas of the protocol', () => {
  const schemas = Object.entries(protocol).flatMap(([name, value]) =>
    isSchema(value) ? [{ name, schema: value }] : [],
  );

  it('are bounded, in every text, list and record, and in depth', () => {
    expect(schemas.length).toBeGreaterThan(60);
    expect(schemas.flatMap(({ name, schema }) => unbounded(schema, name))).toEqual([]);
    expect(unbounded(protocol.pageOf(protocol.NameSchema), 'page')).toEqual([]);
  });
});

describe('the walk through a schema', () => {
  interface Tree {
    children: Tree[];
  }
  const TreeSchema: z.ZodType<Tree> = z.lazy(() => z.object({ children: z.array(TreeSchema).max(2) }));
  const word = z.string().max(5);

  it.each<[string, z.ZodType, string]>([
    ['a string', z.object({ a: z.string().min(1).optional() }), 'S.a: a string of any length'],
    ['a string behind a pattern', z.string().regex(/^a*$/), 'S: a string of any length'],
    ['an array', z.array(z.number()).nullable(), 'S: an array of any length'],
    ['the items of an array', z.array(z.string()).max(3), 'S[]: a string of any length'],
    ['a record', z.record(word, word), 'S: a record of any number of entries'],
    ['the keys of a record', protocol.boundedRecord(z.string(), word, 3), 'S{key}: a string of any length'],
    ['a way of a union', z.union([z.number(), z.object({ b: z.string() })]), 'S|1.b: a string of any length'],
    ['the rest of a tuple', z.tuple([word], z.number()), 'S: a tuple of any length'],
    ['what a text is made into', word.transform((text) => [text]).pipe(z.array(word)), 'S→: an array of any length'],
    ['what is before a pipe', z.string().pipe(z.stringbool()), 'S: a string of any length'],
    [
      'a value of any kind',
      z.object({ a: z.unknown() }),
      'S.a: a schema of the kind unknown, of which no bound is known',
    ],
    ['more fields than are named', z.looseObject({}), 'S.*: a schema of the kind unknown, of which no bound is known'],
    ['a value of any depth', TreeSchema, 'S.children[]: of any depth'],
  ])('finds %s', (_what, schema, place) => {
    expect(unbounded(schema, 'S')).toEqual([place]);
  });
});

describe('what a machine says', () => {
  const deep = (levels: number): unknown => JSON.parse('['.repeat(levels) + ']'.repeat(levels));

  it('is of a few entries, levels and bytes', () => {
    const { success } = protocol.PropertiesSchema.safeParse({ room: 'B 12', gpu: { count: 2 }, rack: [2, deep(2)] });
    expect(success).toBe(true);
    const many = Object.fromEntries(Array.from({ length: protocol.LIMITS.propertyEntries + 1 }, (_, n) => [n, n]));
    const long = Object.fromEntries(Array.from({ length: 20 }, (_, n) => [n, 'x'.repeat(1_000)]));
    for (const properties of [many, long, { a: many }, { a: deep(10_000) }, { a: 'x'.repeat(3_500_000) }])
      expect(protocol.PropertiesSchema.safeParse(properties).success).toBe(false);
  });

  it('names no more attempts than a machine can have', () => {
    const attempts = Array.from({ length: 20_000 }, () => ({ runId: 'a'.repeat(24), attempt: 1 }));
    const { HeartbeatSchema, LIMITS } = protocol;
    expect(HeartbeatSchema.safeParse({ attempts, load: null }).success).toBe(false);
    expect(
      HeartbeatSchema.safeParse({ attempts: attempts.slice(0, LIMITS.attemptsOfMachine), load: null }).success,
    ).toBe(true);
  });
});
