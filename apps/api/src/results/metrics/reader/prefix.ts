import {
  CLOSE_BRACKET,
  COLON,
  DOT,
  isBlank,
  isDigit,
  isLetter,
  isWordCode,
  MINUS,
  OPEN_BRACKET,
  OPEN_PAREN,
  PIPE,
  SLASH,
} from './characters.js';
import { phaseOf } from './names.js';
import type { Phase } from './vocabulary.js';

/** What a logging library or a launcher put before the message. */
interface Prefix {
  /** Where the message begins. */
  end: number;
  rank: string | null;
  phase: Phase | null;
}

const LEVELS = new Set([
  'INFO',
  'DEBUG',
  'WARNING',
  'WARN',
  'ERROR',
  'CRITICAL',
  'NOTICE',
  'TRACE',
  'info',
  'debug',
  'Info',
]);
const LONGEST_BRACKET = 100;
const LONGEST_WORD = 60;
const MOST_PARTS = 8;
/** `rank 0: `, `Rank=1 | ` */
const RANK = /^rank ?[:=]? ?(\d{1,5})(?=(?: ?[:|,]| -) )/i;
/** As mpirun and horovodrun tag what each process prints: `[1,0]<stdout>:`. */
const TAGGED = /^\[\d{1,5},(\d{1,5})\]<std(?:out|err)>/;
const CALLER = /^\([\w./]+[ :]\d{1,6}\)/;
const LONGEST_RANK = 20;
const SMALL_R = 114;
const NONE: Prefix = { end: 0, rank: null, phase: null };

/**
 * Passes over time stamps, levels and loggers' names at the head of a line. The name of a logger that is called like a
 * phase tells the phase, but `train` needs no telling.
 */
export function prefixOf(text: string): Prefix {
  const start = skipBlanks(text, 0);
  const first = text.charCodeAt(start);
  if (first !== OPEN_BRACKET && first !== SMALL_R && !isDigit(first) && !(first >= 65 && first <= 90)) return NONE;
  const prefix: Prefix = { end: 0, rank: null, phase: null };
  let at = start;
  let leveled = false;
  for (let parts = 0; parts < MOST_PARTS; parts++) {
    const end = part(text, at, prefix, leveled);
    if (end < 0) break;
    leveled ||= LEVELS.has(wordAt(text, at)) || text.slice(at, end).includes('INFO');
    prefix.end = at = skipSeparator(text, end);
  }
  return prefix.end === 0 ? NONE : prefix;
}

/** The end of the part that begins at `at`, or -1 when the message begins there. */
function part(text: string, at: number, prefix: Prefix, leveled: boolean): number {
  const code = text.charCodeAt(at);
  if (code === OPEN_BRACKET) return bracket(text, at, prefix);
  if (code === OPEN_PAREN) return prefix.end === 0 ? -1 : callerEnd(text, at);
  if (isDigit(code)) return stamp(text, at);
  if (!isLetter(code)) return -1;
  const ranked = RANK.exec(text.slice(at, at + LONGEST_RANK));
  if (ranked) {
    prefix.rank = `rank${ranked[1]}`;
    return at + ranked[0].length;
  }
  const word = wordAt(text, at);
  const end = at + word.length;
  if (LEVELS.has(word)) return end;
  if (at === 0 && isGlog(word)) return closing(text, end);
  // A logger's name stands before or after its level, and between the same separators.
  if (
    prefix.end > 0 &&
    (leveled
      ? isSeparated(text, end) && text.charCodeAt(end) !== 61
      : LEVELS.has(wordAt(text, skipSeparator(text, end))))
  ) {
    const phase = phaseOf(word.toLowerCase());
    if (phase !== null && phase !== 'train') prefix.phase = phase;
    return loggers(text, end, leveled) ? end : -1;
  }
  return -1;
}

/** `name - `, `name | ` and `INFO:name:` are loggers; `loss: ` and `loss | ` after a blank level may be the message. */
function loggers(text: string, end: number, leveled: boolean): boolean {
  if (!leveled) return true;
  const at = isBlank(text.charCodeAt(end)) ? end + 1 : end;
  const code = text.charCodeAt(at);
  return code === MINUS || code === PIPE || (code === COLON && !isBlank(text.charCodeAt(at + 1)));
}

function isSeparated(text: string, end: number): boolean {
  const at = isBlank(text.charCodeAt(end)) ? end + 1 : end;
  const code = text.charCodeAt(at);
  return code === MINUS || code === PIPE || code === COLON;
}

/**
 * `[2026-11-28 13:47:27,123]`, `[INFO]`, `[train.py:31]`, `[rank0]`, `[1,0]<stdout>`; not `[Epoch 1/3]` and not
 * `[640/60000]`.
 */
function bracket(text: string, at: number, prefix: Prefix): number {
  const close = text.slice(at, at + LONGEST_BRACKET).indexOf(']');
  if (close < 0) return -1;
  const inner = text.slice(at + 1, at + close).trim();
  const lower = inner.toLowerCase();
  const tagged = TAGGED.exec(text.slice(at, at + LONGEST_RANK));
  if (tagged) {
    prefix.rank = `rank${tagged[1]}`;
    return at + tagged[0].length;
  }
  if (/^(?:rank|default|gpu) ?:?\d{1,5}$/.test(lower)) prefix.rank = lower.replace(/[ :]/g, '');
  else if (
    !isStamp(inner) &&
    !LEVELS.has(inner) &&
    !/\.py:\d/.test(inner) &&
    !inner.includes(' INFO') &&
    !isHost(inner, text, at + close + 1)
  )
    return -1;
  return at + close + 1;
}

/** `(main.py 195)`, `(trainer:272)`: where the message was logged. */
function callerEnd(text: string, at: number): number {
  const caller = CALLER.exec(text.slice(at, at + LONGEST_WORD));
  return caller ? at + caller[0].length : -1;
}

/** The name of a host before a date. */
const isHost = (inner: string, text: string, after: number): boolean =>
  /^[\w.-]+$/.test(inner) && phaseOf(inner.toLowerCase()) === null && stamp(text, skipBlanks(text, after)) > 0;

/** A date or a time: digits with at least one colon, or two dashes or slashes between them. */
function isStamp(text: string): boolean {
  const first = text.startsWith('I ') ? text.slice(2) : text;
  return isDigit(first.charCodeAt(0)) && stamp(first, 0) > 0;
}

function stamp(text: string, at: number): number {
  let [colons, dashes] = [0, 0];
  let end = at;
  for (; end - at < 32; end++) {
    const code = text.charCodeAt(end);
    if (code === COLON && isDigit(text.charCodeAt(end + 1))) colons++;
    else if ((code === MINUS || code === SLASH) && isDigit(text.charCodeAt(end + 1))) dashes++;
    else if (!isDigit(code) && code !== DOT && code !== 44 && code !== 84 && code !== 90 && code !== 43) break;
  }
  const isTime = colons >= 2 || (colons === 1 && end - at <= 5 && end - at >= 4 && text.charCodeAt(end) !== COLON);
  const isDate = dashes === 2 || (dashes === 1 && end - at === 5 && isTimeNext(text, end));
  return isTime || isDate ? end : -1;
}

const isTimeNext = (text: string, at: number): boolean =>
  isBlank(text.charCodeAt(at)) && isDigit(text.charCodeAt(at + 1)) && stamp(text, at + 1) > 0;

/** `I1128`, as absl and glog begin a line. */
const isGlog = (word: string): boolean => /^[IWEF]\d{4,8}$/.test(word);

function closing(text: string, from: number): number {
  const close = text.slice(from, from + LONGEST_BRACKET).indexOf(']');
  return close < 0 ? -1 : from + close + 1;
}

function wordAt(text: string, at: number): string {
  let end = at;
  while (
    end - at < LONGEST_WORD &&
    (isWordCode(text.charCodeAt(end)) || (text.charCodeAt(end) === DOT && isWordCode(text.charCodeAt(end + 1))))
  )
    end++;
  return text.slice(at, end);
}

function skipBlanks(text: string, at: number): number {
  while (isBlank(text.charCodeAt(at))) at++;
  return at;
}

function skipSeparator(text: string, at: number): number {
  let end = skipBlanks(text, at);
  const code = text.charCodeAt(end);
  if (
    code === COLON ||
    code === PIPE ||
    (code === MINUS && !isDigit(text.charCodeAt(end + 1))) ||
    (code === CLOSE_BRACKET && end > at)
  )
    end++;
  return skipBlanks(text, end);
}
