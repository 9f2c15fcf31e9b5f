import type { ParamValue } from '@mle/protocol';
import { namedSettings, readSource } from './source-settings.js';

/** Knobs that a warning names. */
const MAX_NAMES = 6;
/** A longer one is no name of a parameter. */
const LONGEST_NAME = 64;

/** A sentence for each parameter that nothing of the file seems to read. An import may read it still. */
export function unreachedParams(path: string, source: string, params: Record<string, ParamValue>): string[] {
  const reading = readSource(path, source);
  const knobs = new Set((reading === null ? [] : namedSettings(reading)).map(({ name }) => name));
  const read = environmentNames(source);
  if (read.has(ALL)) return [];
  const quoted = quotedNames(source);
  return Object.keys(params)
    .filter((name) => !knobs.has(name) && !read.has(name.toUpperCase()) && !quoted.has(name))
    .map((name) =>
      warning(
        name,
        path,
        [...knobs].filter(({ length }) => length <= LONGEST_NAME),
      ),
    );
}

const ALL = '';

/** Which of `MLE_PARAM_…` a source names, in capitals; `ALL` where it reads all of them or makes up the names. */
function environmentNames(source: string): Set<string> {
  const names = [...source.matchAll(/MLE_PARAMS\b|MLE_PARAM_(\w{0,64})/g)].map(([, name = ALL]) => name.toUpperCase());
  return new Set(names);
}

/** Names that stand in quotes, as in `param("rate")`, whatever the function is called. */
function quotedNames(source: string): Set<string> {
  return new Set([...source.matchAll(/["'](\w{1,64})["']/g)].map(([, name = '']) => name));
}

function warning(name: string, path: string, knobs: string[]): string {
  const names = knobs.slice(0, MAX_NAMES).join(', ') + (knobs.length > MAX_NAMES ? ', …' : '');
  const has = knobs.length === 0 ? 'has no knobs' : `has ${names}`;
  return `${name} seems to reach nothing: ${path} ${has} and does not read MLE_PARAM_${name.toUpperCase()}.`;
}
