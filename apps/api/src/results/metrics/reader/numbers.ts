import {
  COLON,
  COMMA,
  DOT,
  endsNumber,
  isDigit,
  isLetter,
  isWordCode,
  MINUS,
  PERCENT,
  PLUS,
  SLASH,
  SPACE,
  TAB,
  UNDERSCORE,
} from './characters.js';

/** A number as it stands in a text. One object is filled again and again: whoever keeps it copies it. */
export const scanned = {
  end: 0,
  /** Where the digits end, before a unit or a total. */
  amount: 0,
  value: 0,
  /** The `10` of `3/10`, else NaN. */
  total: Number.NaN,
  percent: false,
  /** It is an amount and nothing else: no date, clock, version, address, size or duration. */
  clean: false,
  /** Written with a comma before the decimals. */
  decimalComma: false,
};

/** How a comma between digits is to be understood. */
export interface CommaRule {
  /** A separator such as `=` or `:` stands before the number, so that a comma belongs to it rather than to a list. */
  afterSeparator: boolean;
  /** The program was seen to write its decimals after a comma. */
  decimalCommas: boolean;
}

const NO_COMMAS: CommaRule = { afterSeparator: false, decimalCommas: false };
const words = (text: string): Set<string> => new Set(text.split(' '));
/** After a value these are part of a measure of something. */
const PLAIN_UNITS = words('dB db px pp pts points bits nats ppm bpb bpc bpd');
const OTHER_UNITS = words(
  's sec secs second seconds ms msec us µs ns min mins minute minutes hr hrs hour hours day days KB MB GB TB kB KiB MiB GiB TiB Kb Mb Gb bytes kW mW Hz kHz MHz GHz RPM fps FPS',
);
/** Something in each of these is a speed or a time: `img/s`, `s/it`. */
const RATES = words(
  's sec secs second seconds ms min mins minute h hr hour step steps it iter iters iteration iterations epoch batch batches sample samples img imgs image images token tokens frame frames trial word words example examples fold round episode gpu GPU',
);
const LONGEST_UNIT = 8;
const LONGEST = 64;
const EXPONENT = 101;
const { isFinite, isInteger: whole } = Number;

/**
 * Reads the number that begins at `at` (a sign, a digit, or a dot before a digit). Looks at each character at most a
 * few times.
 */
export function scanNumber(text: string, at: number, rule: CommaRule = NO_COMMAS): typeof scanned {
  scanned.total = Number.NaN;
  scanned.percent = false;
  scanned.clean = true;
  scanned.decimalComma = false;
  const first = text.charCodeAt(at);
  const start = first === PLUS || first === MINUS ? at + 1 : at;
  let end = digits(text, start);
  const whole = end;
  let separated = text.charCodeAt(end) === UNDERSCORE;
  if (separated) end = underscored(text, end);
  else if (text.charCodeAt(end) === COMMA && isDigit(text.charCodeAt(end + 1))) {
    end = commas(text, start, end, rule);
    separated = end !== whole;
  }
  if (text.charCodeAt(end) === DOT && !scanned.decimalComma) {
    const after = text.charCodeAt(end + 1);
    if (isDigit(after)) end = digits(text, end + 1);
    else if (!isLetter(after) && after !== DOT) end++;
  }
  end = exponent(text, end);
  if (end - at > LONGEST) scanned.clean = false;
  scanned.value = valueOf(text, at, end, separated);
  scanned.end = scanned.amount = end;
  if (!isFinite(scanned.value)) scanned.clean = false;
  follow(text);
  return scanned;
}

function digits(text: string, at: number): number {
  while (isDigit(text.charCodeAt(at))) at++;
  return at;
}

function underscored(text: string, at: number): number {
  while (text.charCodeAt(at) === UNDERSCORE && isDigit(text.charCodeAt(at + 1))) at = digits(text, at + 1);
  return at;
}

/** `1,234,567` and `1,024.5` have thousands; `0,512` and `12,5` have decimals; `1,0.5,0.8` is a list. */
function commas(text: string, start: number, whole: number, { afterSeparator, decimalCommas }: CommaRule): number {
  let end = whole;
  let groups = 0;
  const grouped = whole - start <= 3 && whole > start && !(whole - start === 1 && text.charCodeAt(start) === 48);
  while (grouped && text.charCodeAt(end) === COMMA && digits(text, end + 1) === end + 4) {
    end += 4;
    groups++;
  }
  const after = text.charCodeAt(end);
  const next = text.charCodeAt(end + 1);
  const listed = after === COMMA && isDigit(next);
  const hasDecimals = after === DOT && isDigit(next);
  if (groups > 0 && !listed && (groups > 1 || hasDecimals || (afterSeparator && !decimalCommas))) return end;
  if (!afterSeparator) return whole;
  const decimals = digits(text, whole + 1);
  const behind = text.charCodeAt(decimals);
  if ((behind === COMMA || behind === DOT) && isDigit(text.charCodeAt(decimals + 1))) return whole;
  scanned.decimalComma = true;
  return decimals;
}

function exponent(text: string, at: number): number {
  if ((text.charCodeAt(at) | 32) !== EXPONENT) return at;
  const sign = text.charCodeAt(at + 1);
  const from = sign === PLUS || sign === MINUS ? at + 2 : at + 1;
  return isDigit(text.charCodeAt(from)) ? digits(text, from) : at;
}

function valueOf(text: string, from: number, to: number, separated: boolean): number {
  if (to - from === 1) return text.charCodeAt(from) - 48;
  if (to - from > LONGEST) return Number.NaN;
  const word = text.slice(from, to);
  if (!separated) return +word;
  return scanned.decimalComma ? +word.replace(',', '.') : +word.replace(/[,_]/g, '');
}

/** What stands right behind the number says what it is. */
function follow(text: string): void {
  const code = text.charCodeAt(scanned.end);
  if (code === SPACE || code === TAB) afterSpace(text);
  else if (code === PERCENT) {
    scanned.percent = true;
    scanned.end++;
  } else if (code === SLASH) fraction(text, scanned.end);
  else if (code === COLON && isDigit(text.charCodeAt(scanned.end + 1))) junk(text);
  else if (code === DOT && isWordCode(text.charCodeAt(scanned.end + 1))) junk(text);
  else if (isLetter(code)) unit(text);
  else if (!endsNumber(code)) junk(text);
}

/** Everything up to a blank or a bracket is one word that is no number. */
function junk(text: string): void {
  scanned.clean = false;
  let at = scanned.end;
  for (let code = text.charCodeAt(at); code === code; code = text.charCodeAt(++at)) {
    if (
      !isWordCode(code) &&
      code !== COLON &&
      code !== DOT &&
      code !== MINUS &&
      code !== SLASH &&
      code !== COMMA &&
      code !== PLUS
    )
      break;
    if ((code === COMMA || code === COLON) && !isDigit(text.charCodeAt(at + 1))) break;
  }
  scanned.end = Math.max(at, scanned.end + 1);
}

/** `3/10`, or a date. */
function fraction(text: string, slash: number): void {
  let at = slash + 1;
  while (text.charCodeAt(at) === SPACE) at++;
  const end = digits(text, at);
  const after = text.charCodeAt(end);
  if (end === at) {
    if (at === slash + 1 && isLetter(text.charCodeAt(at))) junk(text);
    return;
  }
  if (after === SLASH || isLetter(after) || (after === DOT && isWordCode(text.charCodeAt(end + 1)))) {
    junk(text);
    return;
  }
  scanned.total = end - at > 15 ? Number.NaN : +text.slice(at, end);
  scanned.end = end;
}

/** A unit after a space belongs to the number: `12 s` is no measure of a model. So do `/ 100` and `out of 100`. */
function afterSpace(text: string): void {
  let at = scanned.end;
  while (text.charCodeAt(at) === SPACE) at++;
  const code = text.charCodeAt(at);
  if (code === SLASH) {
    let next = at + 1;
    while (text.charCodeAt(next) === SPACE) next++;
    if (isDigit(text.charCodeAt(next))) fraction(text, at);
    return;
  }
  if (!isLetter(code) || at > scanned.end + 1) return;
  const end = letters(text, at);
  const behind = text.charCodeAt(end) === SLASH ? letters(text, end + 1) : end;
  const per = behind > end + 1 && RATES.has(text.slice(end + 1, behind));
  const after = text.charCodeAt(per ? behind : end);
  // What a separator follows is the next name: `0.5 train/loss: 0.4`.
  if (isWordCode(after) || after === COLON || after === 61 || (after === SLASH && !per)) return;
  const word = text.slice(at, end);
  if (word === 'out' || word === 'of') {
    const of = word === 'of' ? end : text.startsWith(' of', end) ? end + 3 : -1;
    if (of > 0 && text.charCodeAt(of) === SPACE && isDigit(text.charCodeAt(of + 1)) && whole(scanned.value))
      fraction(text, of);
    return;
  }
  const plain = !per && PLAIN_UNITS.has(word);
  if (!per && !plain && !OTHER_UNITS.has(word)) return;
  scanned.clean &&= plain;
  scanned.end = per ? behind : end;
}

function letters(text: string, at: number): number {
  const most = at + LONGEST_UNIT * 2;
  while (at < most && isLetter(text.charCodeAt(at)) && text.charCodeAt(at) !== UNDERSCORE) at++;
  return at;
}

/** `12s`, `3ms/step`, `4.5GB`, `1.2k`; letters that are no unit make the whole a word. */
function unit(text: string): void {
  const end = letters(text, scanned.end);
  const word = text.slice(scanned.end, end);
  const ends = endsNumber(text.charCodeAt(end));
  if (ends && (word === 'k' || word === 'K')) scanned.value *= 1e3;
  else if (ends && word === 'M') scanned.value *= 1e6;
  else if (!ends || !PLAIN_UNITS.has(word)) {
    junk(text);
    return;
  }
  scanned.end = end;
}

/**
 * The number that a whole text is, or null: a cell of a table, a string of a dictionary. Not a number and the
 * infinities are numbers here.
 */
export function wholeNumber(text: string, rule: CommaRule = NO_COMMAS): number | null {
  // A star marks what is best so far.
  const word = text.trim().replace(/(?<=[\d%]) {0,2}\*$/, '');
  const special = specialNumber(word);
  if (special !== null) return special;
  const first = word.charCodeAt(0);
  const second = word.charCodeAt(1);
  const begins =
    isDigit(first) ||
    ((first === PLUS || first === MINUS || first === DOT) &&
      (isDigit(second) || (second === DOT && isDigit(word.charCodeAt(2)))));
  if (!begins) return null;
  const { clean, end, value, total } = scanNumber(word, 0, rule);
  return clean && end === word.length && total !== total ? value : null;
}

/** `nan`, `inf`, `-Infinity`. */
export function specialNumber(word: string): number | null {
  if (word.length < 3 || word.length > 9) return null;
  const first = word.charCodeAt(0);
  const signed = first === MINUS || first === PLUS;
  switch ((signed ? word.slice(1) : word).toLowerCase()) {
    case 'nan':
      return Number.NaN;
    case 'inf':
    case 'infinity':
      return first === MINUS ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
    default:
      return null;
  }
}
