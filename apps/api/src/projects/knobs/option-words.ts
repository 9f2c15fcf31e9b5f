import type { ParamValue } from '@mle/protocol';
import { PYTHON } from './python/python-literal.js';
import type { ScalarKind, Spelling } from './read/reading.js';
import { writeScalar } from './read/scalar-text.js';

/** The words of a command line that give an option the value. A value is never a word of its own, so never an option. */
export function optionWords(spelling: Spelling, kind: ScalarKind, value: ParamValue): string[] {
  if (spelling.form === 'switch') return [value === true ? spelling.on : spelling.off].flatMap((word) => word ?? []);
  const text = typeof value === 'boolean' ? (value ? spelling.truth.on : spelling.truth.off) : String(value);
  const written = spelling.quoted && kind === 'text' ? writeScalar({ kind, value }, '""', PYTHON) : text;
  return [spelling.prefix + written];
}
