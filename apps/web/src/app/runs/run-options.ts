import type { CreateRun, ParamValue } from '@mle/protocol';

/** The run options as they are typed, kept per project and file. */
export interface RunOptions {
  args: string;
  /** One `name=value` per line. */
  params: string;
  seed: string;
  /** Minutes, or `1:30:00`, `90 s`, `2 h`. */
  timeLimit: string;
  clean: boolean;
}

export const NO_OPTIONS: RunOptions = { args: '', params: '', seed: '', timeLimit: '', clean: false };

export type OptionErrors = Partial<Record<keyof RunOptions, string>>;
export type RunRequestOptions = Pick<CreateRun, 'args' | 'params' | 'seed' | 'timeoutSeconds' | 'clean'>;

/** What is sent of the options; `errors` names what cannot be. */
export function readOptions(options: RunOptions): { request: RunRequestOptions; errors: OptionErrors } {
  const errors: OptionErrors = {};
  const request: RunRequestOptions = {};
  const args = splitArguments(options.args);
  if (args === null) errors.args = 'A quote is not closed. Add the missing quote.';
  else if (args.length > 0) request.args = args;
  const params = readParams(options.params);
  if (typeof params === 'string') errors.params = params;
  else if (Object.keys(params).length > 0) request.params = params;
  const seed = options.seed.trim();
  if (seed !== '') {
    if (/^\d+$/.test(seed) && Number(seed) < 2 ** 32) request.seed = Number(seed);
    else errors.seed = 'Give a whole number from 0 to 4294967295.';
  }
  if (options.timeLimit.trim() !== '') {
    const seconds = readDuration(options.timeLimit);
    if (seconds === null || seconds < 1 || seconds > 30 * 86_400) errors.timeLimit = 'Give minutes, or a time such as 90 s, 2 h or 1:30:00, up to 30 days.';
    else request.timeoutSeconds = seconds;
  }
  if (options.clean) request.clean = true;
  return { request, errors };
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
      else if (char === '\\' && quote === '"' && /["\\]/.test(text[i + 1] ?? '')) word += text[++i] as string;
      else word += char;
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
    if (!/^[A-Za-z_][A-Za-z0-9_]{0,63}$/.test(name)) return `Name a parameter by letters, digits and _, not ${name === '' ? 'by nothing' : name}.`;
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

/** Seconds of `5` (minutes), `90 s`, `5 min`, `2 h`, `1 d`, `1:30` (min:s) or `1:30:00`; null when it is none of them. */
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
  if (count > 0) parts.push(count === 1 ? '1 parameter' : `${count} parameters`);
  parts.push(options.seed.trim() ? `seed ${options.seed.trim()}` : 'seed 0');
  parts.push(options.timeLimit.trim() ? `limit ${options.timeLimit.trim()}${/^\d+$/.test(options.timeLimit.trim()) ? ' min' : ''}` : 'no time limit');
  if (options.clean) parts.push('clean');
  return parts.join(', ');
}

export function isRunOptions(value: unknown): value is RunOptions {
  if (typeof value !== 'object' || value === null) return false;
  const options = value as Record<string, unknown>;
  return ['args', 'params', 'seed', 'timeLimit'].every((key) => typeof options[key] === 'string') && typeof options['clean'] === 'boolean';
}
