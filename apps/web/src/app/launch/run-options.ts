import type { CreateRun, Needs, ParamValue } from '@mle/protocol';
import { plural } from '../core/format';

/** What is said to one program, kept for each file. */
export interface FileOptions {
  args: string;
  /** One `name=value` per line. */
  params: string;
}

/** How runs are done, kept for each project. */
export interface ProjectOptions {
  seed: string;
  /** Minutes, or `1:30:00`, `90 s`, `2 h`. */
  timeLimit: string;
  clean: boolean;
  /** One `NAME=value` per line. */
  env: string;
  /** Further attempts after the first. */
  retries: string;
  retryOn: 'loss' | 'failure';
  priority: string;
  /** Parted by commas. */
  tags: string;
  note: string;
  /** Of the machine, where a pool chooses it; parted by commas. */
  labels: string;
  gpus: string;
}

/** The run options as they are typed. */
export type RunOptions = FileOptions & ProjectOptions;

export const NO_FILE_OPTIONS: FileOptions = { args: '', params: '' };
export const NO_PROJECT_OPTIONS: ProjectOptions = {
  seed: '',
  timeLimit: '',
  clean: false,
  env: '',
  retries: '',
  retryOn: 'loss',
  priority: '',
  tags: '',
  note: '',
  labels: '',
  gpus: '',
};
export const NO_OPTIONS: RunOptions = { ...NO_FILE_OPTIONS, ...NO_PROJECT_OPTIONS };

type OptionErrors = Partial<Record<keyof RunOptions, string>>;
type RunRequestOptions = Pick<
  CreateRun,
  'args' | 'params' | 'seed' | 'timeoutSeconds' | 'clean' | 'env' | 'retry' | 'priority' | 'tags' | 'note'
>;

/** What is sent of the options, `needs` only to a pool; `errors` names what cannot be. */
export function readOptions(options: RunOptions): {
  request: RunRequestOptions;
  needs: Needs | null;
  errors: OptionErrors;
} {
  const errors: OptionErrors = {};
  const request: RunRequestOptions = {};
  const args = splitArguments(options.args);
  if (args === null) errors.args = 'A quote is not closed. Add the missing quote.';
  else if (args.length > 0) request.args = args;
  const params = readParams(options.params);
  if (typeof params === 'string') errors.params = params;
  else if (Object.keys(params).length > 0) request.params = params;
  const env = readEnv(options.env);
  if (typeof env === 'string') errors.env = env;
  else if (Object.keys(env).length > 0) request.env = env;
  const seed = wholeNumber(options.seed, 0, 2 ** 32 - 1);
  if (seed === null) errors.seed = 'Give a whole number from 0 to 4294967295.';
  else if (seed !== undefined) request.seed = seed;
  if (options.timeLimit.trim() !== '') {
    const seconds = readDuration(options.timeLimit);
    if (seconds === null || seconds < 1 || seconds > 30 * 86_400)
      errors.timeLimit = 'Give minutes, or a time such as 90 s, 2 h or 1:30:00, up to 30 days.';
    else request.timeoutSeconds = seconds;
  }
  const retries = wholeNumber(options.retries, 0, 20);
  if (retries === null) errors.retries = 'Give a whole number from 0 to 20.';
  else if (retries) request.retry = { max: retries, on: options.retryOn, backoffSeconds: 5 };
  const priority = wholeNumber(options.priority, -100, 100);
  if (priority === null) errors.priority = 'Give a whole number from −100 to 100.';
  else if (priority) request.priority = priority;
  const tags = commaList(options.tags);
  if (tags.length > 20 || tags.some((tag) => tag.length > 40))
    errors.tags = 'Give at most 20 tags of at most 40 characters.';
  else if (tags.length > 0) request.tags = tags;
  if (options.note.trim() !== '') request.note = options.note.trim();
  if (options.clean) request.clean = true;
  return { request, needs: readNeeds(options, errors), errors };
}

function readNeeds(options: RunOptions, errors: OptionErrors): Needs | null {
  const labels = commaList(options.labels);
  const wrong = labels.find((label) => !/^[A-Za-z0-9._/-]{1,40}$/.test(label));
  if (wrong !== undefined) errors.labels = 'Use letters, digits and . _ / - in a label, at most 40.';
  const gpus = wholeNumber(options.gpus, 0, 64);
  if (gpus === null) errors.gpus = 'Give a whole number from 0 to 64.';
  const needs: Needs = { ...(labels.length > 0 && { labels }), ...(gpus && { gpus }) };
  return Object.keys(needs).length > 0 ? needs : null;
}

/** Undefined where nothing is given, null where it is no such number. A minus may be the true one. */
function wholeNumber(text: string, from: number, to: number): number | null | undefined {
  const plain = text.trim().replace('−', '-');
  if (plain === '') return undefined;
  const value = Number(plain);
  return /^-?\d+$/.test(plain) && value >= from && value <= to ? value : null;
}

const commaList = (text: string): string[] => [
  ...new Set(
    text
      .split(',')
      .map((part) => part.trim())
      .filter(Boolean),
  ),
];

/** The variables of `NAME=value` lines, or the sentence that says what is wrong. The value is taken as it stands. */
export function readEnv(text: string): Record<string, string> | string {
  const env: Record<string, string> = {};
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    const at = line.indexOf('=');
    const name = line.slice(0, at).trim();
    if (at === -1) return `Write ${line.trim()} as NAME=value.`;
    if (!/^[A-Za-z_][A-Za-z0-9_]{0,127}$/.test(name))
      return `Name a variable by letters, digits and _, not ${name === '' ? 'by nothing' : name}.`;
    if (name.startsWith('MLE_')) return `${name} is set by the worker. Choose another name.`;
    if (Object.hasOwn(env, name)) return `${name} is given twice. Keep one.`;
    env[name] = line.slice(at + 1).replace(/\r$/, '');
  }
  return env;
}

/** Splits as a shell does: blanks part, quotes and backslashes keep together. Null when a quote stays open. */
export function splitArguments(text: string): string[] | null {
  const words: string[] = [];
  let word: string | null = null;
  let quote: string | null = null;
  for (let i = 0; i < text.length; i++) {
    const char = text[i] as string;
    if (quote) {
      if (char === quote) quote = null;
      else if (char === '\\' && quote === '"' && /["\\]/.test(text[i + 1] ?? ''))
        word = (word ?? '') + (text[++i] as string);
      else word = (word ?? '') + char;
    } else if (char === '"' || char === "'") {
      quote = char;
      word ??= '';
    } else if (char === '\\' && i + 1 < text.length) {
      word = (word ?? '') + (text[++i] as string);
    } else if (/\s/.test(char)) {
      if (word !== null) words.push(word);
      word = null;
    } else {
      word = (word ?? '') + char;
    }
  }
  if (quote) return null;
  return word === null ? words : [...words, word];
}

/** The parameters of `name=value` lines (commas part too), or the sentence that says what is wrong. */
export function readParams(text: string): Record<string, ParamValue> | string {
  const params: Record<string, ParamValue> = {};
  for (const line of text.split(/[\n,]/)) {
    if (line.trim() === '') continue;
    const at = line.indexOf('=');
    const name = line.slice(0, at).trim();
    if (at === -1) return `Write ${line.trim()} as name=value.`;
    if (!/^[A-Za-z_][A-Za-z0-9_]{0,63}$/.test(name))
      return `Name a parameter by letters, digits and _, not ${name === '' ? 'by nothing' : name}.`;
    if (Object.hasOwn(params, name)) return `${name} is given twice. Keep one.`;
    params[name] = readValue(line.slice(at + 1).trim());
  }
  return params;
}

function readValue(text: string): ParamValue {
  if (text === 'true' || text === 'false') return text === 'true';
  if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) && Number.isFinite(Number(text))) return Number(text);
  const quoted = /^"(.*)"$|^'(.*)'$/.exec(text);
  return quoted ? (quoted[1] ?? quoted[2] ?? '') : text;
}

/**
 * Seconds of `5` (minutes), `90 s`, `5 min`, `2 h`, `1 d`, `1:30` (min:s) or `1:30:00`; null when it is none of them.
 */
export function readDuration(text: string): number | null {
  const clock = /^(?:(\d+):)?(\d{1,2}):(\d{2})$/.exec(text.trim());
  if (clock) return Number(clock[1] ?? 0) * 3600 + Number(clock[2]) * 60 + Number(clock[3]);
  const match = /^(\d+(?:\.\d+)?)\s*(s|sec|m|min|h|d)?$/i.exec(text.trim());
  if (!match) return null;
  const unit = (match[2] ?? 'm').toLowerCase()[0] as 's' | 'm' | 'h' | 'd';
  return Math.round(Number(match[1]) * { s: 1, m: 60, h: 3600, d: 86_400 }[unit]);
}

/** What is set, in a few words for the closed panel. */
export function summary(options: RunOptions): string {
  const parts: string[] = [];
  if (options.args.trim()) parts.push('arguments');
  const params = readParams(options.params);
  const count = typeof params === 'string' ? 0 : Object.keys(params).length;
  if (count > 0) parts.push(plural(count, 'parameter'));
  parts.push(options.seed.trim() ? `seed ${options.seed.trim()}` : 'seed 0');
  parts.push(
    options.timeLimit.trim()
      ? `limit ${options.timeLimit.trim()}${/^\d+$/.test(options.timeLimit.trim()) ? ' min' : ''}`
      : 'no time limit',
  );
  if (options.clean) parts.push('clean');
  const more = moreSummary(options);
  return more ? `${parts.join(', ')}, ${more}` : parts.join(', ');
}

/** The same for the options that are seldom used. */
export function moreSummary(options: RunOptions): string {
  const parts: string[] = [];
  const env = readEnv(options.env);
  const variables = typeof env === 'string' ? 0 : Object.keys(env).length;
  if (variables > 0) parts.push(plural(variables, 'variable'));
  if (Number(options.retries) > 0) parts.push(plural(Number(options.retries), 'retry', 'retries'));
  if (Number(options.priority.replace('−', '-'))) parts.push(`priority ${options.priority.trim()}`);
  if (options.tags.trim()) parts.push('tags');
  if (options.note.trim()) parts.push('note');
  if (options.labels.trim() || Number(options.gpus) > 0) parts.push('needs');
  return parts.join(', ');
}

/** Whether something that was stored has the fields of `like`, each of its kind; a newer page may know more. */
export const isLike =
  <T extends object>(like: T) =>
  (value: unknown): value is Partial<T> =>
    typeof value === 'object' &&
    value !== null &&
    Object.entries(value).every(([key, field]) => !(key in like) || typeof field === typeof like[key as keyof T]);
