import type { Knob, ParamValue, RunChange } from '@mle/protocol';
import { changedFiles, describeChanges, MAX_FILES, type RunFacts } from './changes/describe-changes.js';
import { findKnobs } from './find-knobs.js';
import type { SnapshotTexts } from './snapshot-texts.js';

/** Of one run, as it is kept. */
const MAX_KNOBS = 100;
const MAX_TEXT = 200;

/** What of a run decides how it goes. */
export interface ComparedRun {
  file: string | null;
  params: Record<string, ParamValue>;
  args: string[];
  seed: number;
  snapshotId: string;
}

/** What the thread that parses programs is asked. It reads the blobs itself: questions and answers are small. */
export type KnobsQuestion =
  { kind: 'find'; path: string; sha256: string } | { kind: 'compare'; before: ComparedRun | null; after: ComparedRun };

export interface Comparison {
  /** The knobs of the later run with their values. */
  knobs: Record<string, ParamValue>;
  changes: RunChange[];
}

export type KnobsAnswer = Knob[] | Comparison;

export function answerQuestion(question: KnobsQuestion, texts: SnapshotTexts): KnobsAnswer {
  if (question.kind === 'find') return findKnobs(question.path, texts.of(question.sha256) ?? '');
  const { before, after } = question;
  const later = factsOf(after, texts);
  if (before === null) return { knobs: later.knobs, changes: [] };
  const earlier = factsOf(before, texts);
  return { knobs: later.knobs, changes: describeChanges(earlier, later, changedTexts(earlier, later, texts)) };
}

function factsOf({ file, params, args, seed, snapshotId }: ComparedRun, texts: SnapshotTexts): RunFacts {
  const files = texts.filesOf(snapshotId);
  const own = files.find(({ path }) => path === file);
  const source = own === undefined ? null : texts.of(own.sha256);
  const found = file === null || source === null ? [] : findKnobs(file, source);
  const knobs = found.slice(0, MAX_KNOBS).flatMap(({ name, value, how }): [string, ParamValue][] => {
    // What the program asks for itself is what it was given.
    const used = how === 'call' && Object.hasOwn(params, name) ? (params[name] ?? value) : value;
    return String(used).length > MAX_TEXT ? [] : [[name, used]];
  });
  return { file, params, args, seed, files, knobs: Object.fromEntries(knobs) };
}

function changedTexts(before: RunFacts, after: RunFacts, texts: SnapshotTexts): Map<string, string> {
  const changed = changedFiles(before.files, after.files).slice(0, MAX_FILES);
  const found = new Map<string, string>();
  for (const sha256 of changed.flatMap(({ from, to }) => [from, to])) {
    const text = sha256 === null ? null : texts.of(sha256);
    if (sha256 !== null && text !== null) found.set(sha256, text);
  }
  return found;
}
