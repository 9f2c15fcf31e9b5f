import { extname } from 'node:path/posix';
import { LIMITS } from '@mle/protocol';
import { readJavascript } from './javascript/javascript-reader.js';
import { readPython } from './python/python-reader.js';
import type { Reading, Setting } from './read/reading.js';
import { isRate } from './suggestions.js';

/** Of a file that is read for knobs. */
export const MAX_SOURCE = 1024 * 1024;

const READERS: ReadonlyMap<string, (source: string) => Reading> = new Map([
  ...['.py', '.pyw'].map((ending) => [ending, readPython] as const),
  ...['.js', '.mjs', '.cjs'].map((ending) => [ending, (source: string) => readJavascript(source, '')] as const),
  ...['.ts', '.mts', '.cts'].map((ending) => [ending, (source: string) => readJavascript(source, 'ts')] as const),
]);

/** An option is what a person sets, so it wins over a call, and both over a constant of the same name. */
const RANK = { option: 0, call: 1, constant: 2, setting: 3 } as const;

/** Null for a file of a language that is not read, or too large. */
export function readSource(path: string, source: string): Reading | null {
  const read = source.length > MAX_SOURCE ? undefined : READERS.get(extname(path).toLowerCase());
  return read?.(source) ?? null;
}

/** A parameter can have the name. */
const PARAM_NAME = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;

/** One setting for each name, in the order of the file, as far as they are not too many. */
export function namedSettings({ settings }: Reading): Setting[] {
  const byName = new Map<string, Setting>();
  for (const setting of settings.filter(({ name }) => PARAM_NAME.test(name))) {
    const other = byName.get(setting.name);
    if (other === undefined || RANK[setting.how] < RANK[other.how]) byName.set(setting.name, setting);
  }
  const ordered = [...byName.values()].sort((a, b) => a.at - b.at);
  return ordered.slice(0, LIMITS.knobs).map(withRoom);
}

/** `learning_rate = 1` is written as a whole number, and 0.1 is as good a value of it. */
function withRoom(setting: Setting): Setting {
  const { name, how, kind, value } = setting;
  const rate = how === 'constant' && kind === 'integer' && typeof value === 'number' && isRate(name, value);
  return rate ? { ...setting, kind: 'number' } : setting;
}
