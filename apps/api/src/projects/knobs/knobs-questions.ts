import { type FileDiff, type Knob, type KnobSet, type ParamValue, parseTemplate, type RunChange } from '@mle/protocol';
import { changedFiles, describeChanges, MAX_FILES, type RunFacts, SEED } from './changes/describe-changes.js';
import { fileDiffs } from './changes/file-diffs.js';
import { findKnobs } from './find-knobs.js';
import { type KnobsSet, setKnobs } from './set-knobs.js';
import type { SnapshotTexts } from './snapshot-texts.js';
import { unreachedParams } from './unreached-params.js';

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
  set: KnobSet[];
}

/** What the thread that parses programs is asked. It reads the blobs itself: questions are small. */
export type KnobsQuestion =
  | { kind: 'find'; path: string; sha256: string }
  | { kind: 'compare'; before: ComparedRun | null; after: ComparedRun }
  | { kind: 'diff'; a: ComparedRun; b: ComparedRun }
  | ({ kind: 'set' } & ProgramWithParams);

/** A file and the parameters that it is to have. */
export interface ProgramWithParams {
  path: string;
  sha256: string;
  params: Record<string, ParamValue>;
  /** For a knob that is named so; null: it stays as it is. */
  seed: number | null;
  /** The project's template, which may name parameters. */
  command: string | null;
}

export interface Comparison {
  /** The knobs of the later run with their values. */
  knobs: Record<string, ParamValue>;
  changes: RunChange[];
}

/** In what two runs differ, with the texts of the files that do. */
export interface Difference {
  changes: RunChange[];
  files: FileDiff[];
  moreFiles: number;
}

/** `source` is null where no constant was set. */
export type ParamsSet = Omit<KnobsSet, 'source'> & { source: string | null };

export type KnobsAnswer = Knob[] | Comparison | Difference | ParamsSet;

export function answerQuestion(question: KnobsQuestion, texts: SnapshotTexts): KnobsAnswer {
  if (question.kind === 'find') return findKnobs(question.path, texts.of(question.sha256) ?? '');
  if (question.kind === 'set') return setParams(question, texts);
  if (question.kind === 'diff') return differenceOf(factsOf(question.a, texts), factsOf(question.b, texts), texts);
  const { before, after } = question;
  const later = factsOf(after, texts);
  if (before === null) return { knobs: later.knobs, changes: [] };
  const earlier = factsOf(before, texts);
  return { knobs: later.knobs, changes: describeChanges(earlier, later, changedTexts(earlier, later, texts)) };
}

function differenceOf(a: RunFacts, b: RunFacts, texts: SnapshotTexts): Difference {
  const files = changedFiles(a.files, b.files);
  const shown = files.slice(0, MAX_FILES);
  const changed = changedTexts(a, b, texts);
  return {
    changes: describeChanges(a, b, changed),
    files: fileDiffs(shown, changed),
    moreFiles: files.length - shown.length,
  };
}

/** What the template of the project names is placed there, and nowhere else. */
function setParams(program: ProgramWithParams, texts: SnapshotTexts): ParamsSet {
  const { path, sha256, command } = program;
  const source = texts.of(sha256);
  const params = { ...(source === null ? {} : seedKnob(program, source)), ...program.params };
  const placed = new Set(
    (parseTemplate(command ?? '') ?? []).flatMap((part) => (part.kind === 'name' ? [part.name] : [])),
  );
  const free = Object.entries(params).filter(([name]) => !placed.has(name));
  if (source === null || free.length === 0) return { source: null, set: [], args: [], env: params, warnings: [] };
  const done = setKnobs(path, source, Object.fromEntries(free));
  return {
    ...done,
    source: done.source === source ? null : done.source,
    env: { ...Object.fromEntries(Object.entries(params).filter(([name]) => placed.has(name))), ...done.env },
    warnings: [...done.warnings, ...unreachedParams(path, source, done.env)],
  };
}

/** The knob that takes the seed of the run; a parameter of the same name goes before it. */
function seedKnob({ path, seed }: ProgramWithParams, source: string): Record<string, ParamValue> {
  if (seed === null) return {};
  const knob = findKnobs(path, source).find(
    ({ name, kind }) => name === SEED && (kind === 'number' || kind === 'integer'),
  );
  return knob ? { [knob.name]: seed } : {};
}

function factsOf({ file, params, args, seed, snapshotId, set }: ComparedRun, texts: SnapshotTexts): RunFacts {
  const files = texts.filesOf(snapshotId);
  const own = files.find(({ path }) => path === file);
  const source = own === undefined ? null : texts.of(own.sha256);
  const turned = new Map(set.map(({ name, to }) => [name, to]));
  const found = file === null || source === null ? [] : findKnobs(file, source);
  const knobs = found.slice(0, MAX_KNOBS).flatMap(({ name, value, how }): [string, ParamValue][] => {
    // What the program asks for itself is what it was given.
    const asked = how === 'call' && Object.hasOwn(params, name) ? (params[name] ?? value) : value;
    const used = turned.get(name) ?? asked;
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
