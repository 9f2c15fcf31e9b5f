import type { Literal, Scalar } from '../read/reading.js';
import { type Dialect, hex, MAX_TEXT, readNumber } from '../read/scalar-text.js';
import { type SyntaxNode, type SyntaxTree, textOf } from '../read/syntax-tree.js';

export const PYTHON: Dialect = { on: 'True', off: 'False', wide: (code) => `\\U${hex(code, 8)}` };

/** The scalar that the expression is a literal of, or null. */
export function pythonLiteral(tree: SyntaxTree, node: SyntaxNode | undefined): Literal | null {
  const scalar = node === undefined ? null : scalarOf(tree, node);
  return node === undefined || scalar === null ? null : { ...scalar, from: node.from, to: node.to };
}

/** The parser takes `1.` for an attribute of 1, and `1.e-3` for a difference. */
const NUMERIC = new Set(['Number', 'UnaryExpression', 'MemberExpression', 'BinaryExpression']);

function scalarOf(tree: SyntaxTree, node: SyntaxNode): Scalar | null {
  if (NUMERIC.has(node.type)) return readNumber(textOf(tree, node));
  if (node.type === 'Boolean') return { kind: 'boolean', value: textOf(tree, node) === PYTHON.on };
  return node.type === 'String' ? textScalar(textOf(tree, node)) : null;
}

/** Bytes and formatted strings are no texts. */
const STRING = /^([uU]|[rR])?("""|'''|"|')([^\n\r]*)\2$/;
const ESCAPE = /\\(?:([\\'"abfnrtv])|([0-7]{1,3})|x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|(N\{)|)/g;
const NAMED: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

function textScalar(source: string): Scalar | null {
  if (source.length > 2 * MAX_TEXT) return null;
  const match = STRING.exec(source);
  if (match === null) return null;
  const [, prefix = '', , body = ''] = match;
  const value = prefix.toLowerCase() === 'r' ? body : unescaped(body);
  return value === null || value.length > MAX_TEXT ? null : { kind: 'text', value };
}

/** Null where a character is given by its Unicode name. */
function unescaped(body: string): string | null {
  let known = true;
  const text = body.replace(
    ESCAPE,
    (all, plain?: string, octal?: string, x?: string, u?: string, wide?: string, name?: string) => {
      if (plain !== undefined) return NAMED[plain] ?? plain;
      if (octal !== undefined) return String.fromCharCode(parseInt(octal, 8));
      const code = parseInt(x ?? u ?? wide ?? '0', 16);
      known &&= name === undefined && code <= 0x10ffff;
      return x === undefined && u === undefined && wide === undefined ? all : known ? String.fromCodePoint(code) : '';
    },
  );
  return known ? text : null;
}
