import type { KnobHow, ParamValue } from '@mle/protocol';
import type { ComparedTexts } from './compared-texts.js';

export type ScalarKind = 'number' | 'integer' | 'text' | 'boolean';

export interface Scalar {
  kind: ScalarKind;
  value: ParamValue;
}

/** A scalar as it stands in a source. */
export interface Literal extends Scalar {
  from: number;
  to: number;
}

/**
 * How an option is written on the command line. `value`: a prefix such as `--rate=` and the value, where `truth` holds
 * the words for true and false; `quoted`: the program reads the value as a Python literal. `switch`: one of two words,
 * or none.
 */
export type Spelling =
  | { form: 'value'; prefix: string; truth: { on: string; off: string }; quoted: boolean }
  | { form: 'switch'; on: string | null; off: string | null };

/** A value that a program lets its user choose, as a reader of its language found it. */
export interface Setting extends Scalar {
  name: string;
  how: KnobHow;
  /** An offset on its line. */
  at: number;
  /** Null where the value is not written, as of a switch that is off. */
  literal: Literal | null;
  /** The values that it may have, as far as its own definition says so. */
  choices: ParamValue[] | null;
  /** Of an option. */
  spelling: Spelling | null;
}

/** What a source says about its settings, whatever its language. */
export interface Reading {
  settings: Setting[];
  compared: ComparedTexts;
  /** Where they stand. */
  comments: { from: number; to: number }[];
  /** A scalar as the language writes it, in the style of the literal that it replaces. It never ends early. */
  write(scalar: Scalar, original: string): string;
}
