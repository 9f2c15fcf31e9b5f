import type { ParamValue } from '@mle/protocol';

/** What may read the parameters of a run. */
export interface ParamReaders {
  path: string;
  source: string;
  /** The project's own command, which may name parameters. */
  command: string | null;
}

/** Parameters are variables of the program, by these names. */
const VARIABLE = /MLE_PARAM(?:S\b|_(\w{0,64}))/g;
/** `name = …` at the top of a file. Each repetition ends soon, so that no line takes long. */
const ASSIGNMENT =
  /^(?:export {1,4})?(?:(?:const|let|var) {1,4})?([A-Za-z_]\w{0,63}) {0,40}(?::[^=]{0,80})?=(?![=>]) {0,8}(.{0,200})/;
/** A plain value, and no more on the line than a comment. */
const PLAIN =
  /^((?:- ?)?[\d.][\w.]{0,30}(?:e[-+]\d{1,3})?|"[^"\\]{0,80}"|'[^'\\]{0,80}'|[Tt]rue|[Ff]alse) {0,40}(?:$|#|;|\/\/|\r)/;
/** Names in quotes, as in `param("rate")` or `"--batch-size"`, whatever the function is called. */
const QUOTED = /["']-{0,2}([A-Za-z_][\w-]{0,63})["']/g;
const PLACED = /\{(\w{1,64})\}/g;
/** What stands behind the name where a program gives a value for the case that there is none. */
const DEFAULT = /^["']?[\],]? ?(?:\?\?|\|\|)? ?(?:["'](\w{1,30})["']|(-?\d{1,20}(?:\.\d{0,20})?(?:e-?\d{1,3})?))/;
/** Names that a run has anyway. */
const OF_COMMAND = new Set(['file', 'args', 'seed']);

/**
 * A sentence for each parameter that seems to reach nothing of the program. It is a look at the text and no more: an
 * import may read it still, and the server, which sets plain values at the top of a file, reads them by a parser.
 */
export function unreachedParams({ path, source, command }: ParamReaders, params: Record<string, ParamValue>): string[] {
  const names = Object.keys(params);
  if (names.length === 0) return [];
  const variables = new Set([...source.matchAll(VARIABLE)].map(([, name = '']) => name.toUpperCase()));
  // All of them are read as JSON, or by a name that is made up.
  if (variables.has('')) return [];
  const named = new Set([...source.matchAll(QUOTED)].map(([, name = '']) => name.replaceAll('-', '_')));
  const placed = new Set([...(command ?? '').matchAll(PLACED)].map(([, name = '']) => name));
  const unread = names.filter((name) => !variables.has(name.toUpperCase()) && !named.has(name) && !placed.has(name));
  if (unread.length === 0) return [];
  const found = assignments(source);
  return unread.flatMap((name) => {
    const assigned = found.get(name);
    if (assigned === undefined)
      return `${path} does not mention MLE_PARAM_${name.toUpperCase()}; it may not read ${name}.`;
    return assigned.plain === null
      ? `${path} works ${name} out itself, line ${assigned.line}; it may not read this.`
      : [];
  });
}

/** A parameter that reaches the program, as one types it: `learning_rate=0.01`. Null where it seems to have none. */
export function readParam({ source, command }: ParamReaders): string | null {
  const placed = [...(command ?? '').matchAll(PLACED)]
    .map(([, name = '']) => name)
    .find((name) => !OF_COMMAND.has(name));
  if (placed !== undefined) return `${placed}=1`;
  for (const { 0: text, 1: name = '', index } of source.matchAll(VARIABLE)) {
    if (name === '') continue;
    const [, word, figure] = DEFAULT.exec(source.slice(index + text.length, index + text.length + 60)) ?? [];
    return `${name.toLowerCase()}=${word ?? figure ?? '1'}`;
  }
  const [first] = [...assignments(source)].filter(([, { plain }]) => plain !== null && /\d/.test(plain));
  return first === undefined ? null : `${first[0]}=${first[1].plain}`;
}

/** A name that is given a value at the top of the file; `line` counts from 1. */
interface Assigned {
  line: number;
  /** The value, where it is a plain one. */
  plain: string | null;
}

/** By name, each as it is first given a value. */
function assignments(source: string): Map<string, Assigned> {
  const found = new Map<string, Assigned>();
  source.split('\n').forEach((text, i) => {
    const [, name, value = ''] = ASSIGNMENT.exec(text) ?? [];
    if (name !== undefined && !found.has(name)) found.set(name, { line: i + 1, plain: PLAIN.exec(value)?.[1] ?? null });
  });
  return found;
}
