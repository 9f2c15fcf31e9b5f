import { parser } from '@lezer/javascript';
import type { Reading } from '../read/reading.js';
import { writeScalar } from '../read/scalar-text.js';
import { readSyntax } from '../read/syntax-tree.js';
import { javascriptCompared } from './javascript-compared.js';
import { javascriptConstants } from './javascript-constants.js';
import { JAVASCRIPT } from './javascript-literal.js';

/** `dialect`: that of the parser, such as `ts`. */
export function readJavascript(source: string, dialect: string): Reading {
  const tree = readSyntax(parser.configure({ dialect }), source);
  return {
    settings: javascriptConstants(tree),
    compared: javascriptCompared(tree),
    comments: tree.nodes.filter(({ type }) => type === 'LineComment' || type === 'BlockComment'),
    write: (scalar, original) => writeScalar(scalar, original, JAVASCRIPT),
  };
}
