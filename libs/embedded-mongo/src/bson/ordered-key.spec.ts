import { Binary, Decimal128, Double, Int32, Long, MaxKey, MinKey, ObjectId, Timestamp } from 'bson';
import { compareValues } from './compare.js';
import { orderedKey } from './ordered-key.js';

/** Values in MongoDB's order, each strictly below the next. */
const ascending: unknown[] = [
  new MinKey(),
  null,
  Number.NaN,
  -Infinity,
  Long.MIN_VALUE,
  -1e10,
  new Int32(-5),
  -0.5,
  0,
  new Double(1e-300),
  new Int32(1),
  new Double(1.5),
  Decimal128.fromString('2.5'),
  Long.fromString('9007199254740992'),
  Long.fromString('9007199254740993'),
  Long.MAX_VALUE,
  Infinity,
  '',
  'a',
  'a\0',
  'a\0b',
  'ab',
  'b',
  'é',
  '\u{10000}',
  {},
  { a: 1 },
  { a: 1, b: 1 },
  { a: 2 },
  { b: 1 },
  { a: 'x' },
  [],
  [1],
  [1, 2],
  [2],
  new Binary(Buffer.from([9])),
  new Binary(Buffer.from([1, 2])),
  new Binary(Buffer.from([1, 3])),
  new ObjectId('000000000000000000000001'),
  new ObjectId('ff0000000000000000000001'),
  false,
  true,
  new Date(-5),
  new Date(0),
  new Date(1e12),
  new Timestamp({ t: 1, i: 1 }),
  new Timestamp({ t: 2, i: 0 }),
  /a/,
  /b/,
  new MaxKey(),
];

describe('keys that sort like the values', () => {
  it.each([false, true])('follow the order of all types, descending: %s', (descending) => {
    for (const [i, a] of ascending.entries()) {
      for (const [j, b] of ascending.entries()) {
        const bytes = Math.sign(Buffer.compare(orderedKey(a, descending), orderedKey(b, descending)));
        expect({ i, j, order: bytes }).toEqual({ i, j, order: Math.sign(i - j) * (descending ? -1 : 1) || 0 });
        expect({ i, j, order: Math.sign(compareValues(a, b)) || 0 }).toEqual({ i, j, order: Math.sign(i - j) || 0 });
      }
    }
  });

  it('are equal for numbers that are equal, whatever their type', () => {
    for (const value of [new Int32(7), new Double(7), Long.fromNumber(7), Decimal128.fromString('7'), 7n]) {
      expect(orderedKey(value).equals(orderedKey(7))).toBe(true);
    }
    expect(orderedKey(-0).equals(orderedKey(0))).toBe(true);
  });

  it('end by themselves, so that a longer compound key never falls between', () => {
    const pairs = [
      ['a', 'z'],
      ['ab', 'a'],
      ['a\0', 'a'],
    ].map(([x, y]) => Buffer.concat([orderedKey(x), orderedKey(y)]));
    expect([...pairs].sort((a, b) => Buffer.compare(a, b))).toEqual([pairs[0], pairs[2], pairs[1]]);
  });
});
