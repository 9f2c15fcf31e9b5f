import { parser } from '@lezer/python';
import type { Reading } from '../read/reading.js';
import { writeScalar } from '../read/scalar-text.js';
import { readSyntax } from '../read/syntax-tree.js';
import { pythonCall } from './python-calls.js';
import { pythonCompared } from './python-compared.js';
import { pythonConstants } from './python-constants.js';
import { PYTHON } from './python-literal.js';
import { declaredSetting } from './python-options.js';
import { signatureOptions } from './python-signatures.js';

export function readPython(source: string): Reading {
  const tree = readSyntax(parser, source);
  const calls = tree.nodes.flatMap((node) =>
    node.type === 'CallExpression' || node.type === 'Decorator' ? (pythonCall(tree, node) ?? []) : [],
  );
  /* The function that a call is the first argument of, as in `float(os.environ.get(…))`. */
  const around = new Map(calls.map(({ name, positional }) => [positional[0], name]));
  const declared = calls.flatMap((call) => declaredSetting(tree, call, around.get(call.node) ?? '') ?? []);
  return {
    settings: [...declared, ...signatureOptions(tree, calls), ...pythonConstants(tree)],
    compared: pythonCompared(tree),
    comments: tree.nodes.filter(({ type }) => type === 'Comment'),
    write: (scalar, original) => writeScalar(scalar, original, PYTHON),
  };
}
