import { LIMITS, type ParamValue, type RunChange } from '@mle/protocol';
import { namedSettings, readSource } from '../source-settings.js';
import { countLines } from './line-counts.js';

/** What decides how a run goes, as far as it is recorded. */
export interface RunFacts {
  /** The file that is run; null for a command. */
  file: string | null;
  /** With the values that this run gave them. */
  knobs: Readonly<Record<string, ParamValue>>;
  params: Readonly<Record<string, ParamValue>>;
  args: readonly string[];
  seed: number;
  files: readonly { path: string; sha256: string }[];
}

export interface FileChange {
  path: string;
  /** The contents' hashes; null where the file is not there. */
  from: string | null;
  to: string | null;
}

/** Files of code that are named one by one; the rest is one change. */
export const MAX_FILES = LIMITS.diffFiles;
/** The knob that takes the seed of a run. */
export const SEED = 'seed';

/** The files that differ, by path. Their texts are what `describeChanges` wants to have. */
export function changedFiles(before: RunFacts['files'], after: RunFacts['files']): FileChange[] {
  const earlier = new Map(before.map(({ path, sha256 }) => [path, sha256]));
  const later = new Map(after.map(({ path, sha256 }) => [path, sha256]));
  const paths = [...new Set([...earlier.keys(), ...later.keys()])].sort();
  return paths
    .map((path) => ({ path, from: earlier.get(path) ?? null, to: later.get(path) ?? null }))
    .filter(({ from, to }) => from !== to);
}

/**
 * In what a run differs from an earlier one. `texts` holds by hash the contents of changed files that are text; lines
 * are counted of these alone. A line in which only the value of a knob differs is the knob's change, not the code's.
 */
export function describeChanges(before: RunFacts, after: RunFacts, texts: ReadonlyMap<string, string>): RunChange[] {
  const changes: RunChange[] = [...knobChanges(before, after), ...paramChanges(before, after)];
  if (before.seed !== after.seed) changes.push({ kind: 'seed', name: SEED, from: before.seed, to: after.seed });
  const [from, to] = [before.args.join(' ') || null, after.args.join(' ') || null];
  if (before.args.length !== after.args.length || before.args.some((arg, i) => arg !== after.args[i]))
    changes.push({ kind: 'args', name: 'arguments', from, to });
  changes.push(...codeChanges(before, after, texts));
  return changes;
}

/** A knob that only one of the runs has came or went with the code. */
function knobChanges(before: RunFacts, after: RunFacts): RunChange[] {
  return Object.entries(after.knobs).flatMap(([name, to]): RunChange[] => {
    const from = own(before.knobs, name);
    if (from === null || from === to) return [];
    if (name !== SEED) return [{ kind: 'knob', name, from, to }];
    // Where the seed of the run sets the knob, both tell of one change.
    return before.seed === after.seed ? [{ kind: 'seed', name, from, to }] : [];
  });
}

/** Parameters that are no knob of the file. */
function paramChanges(before: RunFacts, after: RunFacts): RunChange[] {
  const names = new Set([...Object.keys(before.params), ...Object.keys(after.params)]);
  return [...names].flatMap((name): RunChange[] => {
    if (own(before.knobs, name) !== null && own(after.knobs, name) !== null) return [];
    const [from, to] = [own(before.params, name), own(after.params, name)];
    return from === to ? [] : [{ kind: 'param', name, from, to }];
  });
}

function own(values: Readonly<Record<string, ParamValue>>, name: string): ParamValue | null {
  return Object.hasOwn(values, name) ? (values[name] ?? null) : null;
}

function codeChanges(before: RunFacts, after: RunFacts, texts: ReadonlyMap<string, string>): RunChange[] {
  const files = changedFiles(before.files, after.files);
  const program = after.file === before.file ? after.file : null;
  const known = new Set(Object.keys(after.knobs).filter((name) => own(before.knobs, name) !== null));
  const counted = files.slice(0, MAX_FILES).flatMap((change): RunChange[] => {
    const entry = { kind: 'code', name: change.path, from: null, to: null } as const;
    const [from, to] = [textOf(change.from, texts), textOf(change.to, texts)];
    if (from === null || to === null) return [entry];
    if (change.path !== program) return [{ ...entry, ...countLines(from, to) }];
    const counts = countLines(withoutKnobs(change.path, from, known), withoutKnobs(change.path, to, known));
    return counts.added + counts.removed === 0 ? [] : [{ ...entry, ...counts }];
  });
  const more = files.length - MAX_FILES;
  return more > 0 ? [...counted, { kind: 'code', name: `${more} more files`, from: null, to: null }] : counted;
}

/** Empty for a file that is not there, null for what is no text. */
export function textOf(hash: string | null, texts: ReadonlyMap<string, string>): string | null {
  return hash === null ? '' : (texts.get(hash) ?? null);
}

/** The source with the name of each of the knobs in the place of its literal. */
function withoutKnobs(path: string, source: string, known: ReadonlySet<string>): string {
  const reading = readSource(path, source);
  const pieces: string[] = [];
  let at = 0;
  for (const { name, literal } of reading === null ? [] : namedSettings(reading)) {
    if (literal === null || literal.from < at || !known.has(name)) continue;
    pieces.push(source.slice(at, literal.from), name);
    at = literal.to;
  }
  return pieces.join('') + source.slice(at);
}
