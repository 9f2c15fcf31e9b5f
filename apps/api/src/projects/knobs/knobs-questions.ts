import type { Knob, ParamValue, RunChange } from '@mle/protocol';
import { describeChanges, type RunFacts } from './changes/describe-changes.js';
import { findKnobs } from './find-knobs.js';

/** Of one run, as it is kept. */
const MAX_KNOBS = 100;
const MAX_TEXT = 200;

/** A run as it is compared. `source`: the text of its file; null where it is not read. */
export type RunSide = Omit<RunFacts, 'knobs'> & { source: string | null };

/** What the thread that parses programs is asked. */
export type KnobsQuestion =
  | { kind: 'find'; path: string; source: string; defined: Record<string, ParamValue> }
  | { kind: 'compare'; before: RunSide | null; after: RunSide; texts: Map<string, string> };

export interface Comparison {
  /** The knobs of the later run with their values. */
  knobs: Record<string, ParamValue>;
  changes: RunChange[];
}

export type KnobsAnswer = Knob[] | Comparison;

export function answerQuestion(question: KnobsQuestion): KnobsAnswer {
  if (question.kind === 'find') return findKnobs(question.path, question.source, question.defined);
  const after = factsOf(question.after);
  const changes = question.before === null ? [] : describeChanges(factsOf(question.before), after, question.texts);
  return { knobs: after.knobs, changes };
}

function factsOf({ source, ...side }: RunSide): RunFacts {
  const found = side.file === null || source === null ? [] : findKnobs(side.file, source);
  const knobs = found.slice(0, MAX_KNOBS).flatMap(({ name, value, how }): [string, ParamValue][] => {
    // What the program asks for itself is what it was given.
    const used = how === 'call' && Object.hasOwn(side.params, name) ? (side.params[name] ?? value) : value;
    return String(used).length > MAX_TEXT ? [] : [[name, used]];
  });
  return { ...side, knobs: Object.fromEntries(knobs) };
}
