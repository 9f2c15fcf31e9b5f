import type { Literal, Scalar } from '../read/reading.js';
import { type Dialect, MAX_TEXT, readNumber } from '../read/scalar-text.js';
import { type SyntaxNode, type SyntaxTree, textOf } from '../read/syntax-tree.js';

export const JAVASCRIPT: Dialect = { on: 'true', off: 'false', wide: (code) => `\\u{${code.toString(16)}}` };

/** The scalar that the expression is a literal of, or null. */
export function javascriptLiteral(tree: SyntaxTree, node: SyntaxNode | undefined): Literal | null {
  const scalar = node === undefined ? null : scalarOf(tree, node);
  return node === undefined || scalar === null ? null : { ...scalar, from: node.from, to: node.to };
}

function scalarOf(tree: SyntaxTree, node: SyntaxNode): Scalar | null {
  if (node.type === 'Number' || node.type === 'UnaryExpression') return readNumber(textOf(tree, node));
  if (node.type === 'BooleanLiteral') return { kind: 'boolean', value: textOf(tree, node) === JAVASCRIPT.on };
  return node.type === 'String' ? textScalar(textOf(tree, node)) : null;
}

const STRING = /^(["'])([^\n\r]*)\1$/;
const ESCAPE = /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|u\{([\da-fA-F]{1,6})\}|([^xu]))/g;
const NAMED: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', 0: '\0' };

function textScalar(source: string): Scalar | null {
  if (source.length > 2 * MAX_TEXT) return null;
  const body = STRING.exec(source)?.[2];
  if (body === undefined) return null;
  const value = body.replace(ESCAPE, (_, x?: string, u?: string, wide?: string, plain?: string) =>
    plain === undefined
      ? String.fromCodePoint(Math.min(parseInt(x ?? u ?? wide ?? '0', 16), 0x10ffff))
      : (NAMED[plain] ?? plain),
  );
  return value.length > MAX_TEXT ? null : { kind: 'text', value };
}
