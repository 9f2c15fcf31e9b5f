import type { MetricAxis } from '@mle/protocol';
import type { NameKind } from './names.js';
import type { Phase } from './vocabulary.js';

/** A number that says where in the training a line was printed. */
export interface Place {
  value: number;
  /** The `10` of `3/10`, where it is told. */
  total: number | null;
  /** What counts, as it was printed: each word has its own course. */
  word: string;
  /** Where in the line its number stands; -1 where it is part of a word, or not known. */
  from: number;
}

/** A value with the name that stands before it, and where in the line it was read. */
export interface Found {
  name: string;
  y: number;
  from: number;
  to: number;
  kind: NameKind;
  /** Only a blank stands between name and number. */
  weak: boolean;
  /** The name says that it is told once, about the whole run. */
  best: boolean;
}

/** A value that is taken, under the name by which it is told apart. */
export interface Value {
  name: string;
  y: number;
  from: number;
  to: number;
  sure: boolean;
  best: boolean;
}

/** What was taken of a reading, and what that depended on besides it. */
export interface Taken {
  placed: boolean;
  headed: boolean;
  /** No epoch is known, so that a mean is one of folds. */
  means: boolean;
  phase: Phase | null;
  outer: string | null;
  of: readonly Found[];
  values: Value[];
}

/** How a number came: printed to be read by us, for a pattern of the project, or for a person; or in an event file. */
export type Form = 'explicit' | 'pattern' | 'found' | 'tensorboard';

/** What one line says. */
export interface Reading {
  epoch: Place | null;
  step: Place | null;
  batch: Place | null;
  outer: Place | null;
  values: Found[];
  /** What all values of the line belong to, where their own names do not say it. */
  phase: Phase | null;
  rank: string | null;
  /** A progress bar, which is drawn many times. */
  bar: boolean;
  /** Nothing is on the line but names and their values. */
  bare: boolean;
  /** Something on the line says that a configuration or a machine is described. */
  suspicious: boolean;
  /** The dictionary or box tells of the whole run. */
  whole: boolean;
  /** What was taken of it last, where it is one of many lines of a form. */
  taken: Taken | null;
}

export const emptyReading = (): Reading => ({
  epoch: null,
  step: null,
  batch: null,
  outer: null,
  values: [],
  phase: null,
  rank: null,
  bar: false,
  bare: false,
  suspicious: false,
  whole: false,
  taken: null,
});

/** Where a line stands, once its context is known. `held`: the line itself does not say it, a line before it did. */
export interface Located {
  axis: MetricAxis;
  x: number;
  held: boolean;
}
