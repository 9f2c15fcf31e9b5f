import { type KnobSet, LIMITS, type ParamValue, shownValue } from '@mle/protocol';
import { fittedValue } from './fitted-value.js';
import { optionWords } from './option-words.js';
import type { ScalarKind, Setting } from './read/reading.js';
import { Lines } from './read/syntax-tree.js';
import { namedSettings, readSource } from './source-settings.js';

/** What becomes of the parameters of a run. */
export interface KnobsSet {
  /** The file with its constants set; all else of it is as it was. */
  source: string;
  /** What was set, and where. */
  set: KnobSet[];
  /** Words for the command line. */
  args: string[];
  /** Parameters that the program has to read from its environment. */
  env: Record<string, ParamValue>;
  /** Sentences about parameters that the program cannot take. */
  warnings: string[];
}

/** Escapes make a text up to six times longer. */
const LONGEST_ARGUMENT = LIMITS.commandChars / 8;

interface Edit {
  from: number;
  to: number;
  text: string;
}

/** Gives a program its parameters the way it reads them: a constant in its source, an option as an argument. */
export function setKnobs(path: string, source: string, params: Record<string, ParamValue>): KnobsSet {
  const reading = readSource(path, source);
  const settings = reading === null ? [] : namedSettings(reading);
  const lines = new Lines(source);
  const done: KnobsSet = { source, set: [], args: [], env: { ...params }, warnings: [] };
  const edits: Edit[] = [];
  for (const setting of settings) {
    const { name, how, kind, value, literal, spelling } = setting;
    const given = Object.hasOwn(params, name) ? params[name] : undefined;
    if (given === undefined) continue;
    const fitted = fittedValue(kind, given);
    const line = lines.at(setting.at);
    if (fitted === null || !canCarry(setting, fitted)) {
      done.warnings.push(misfit(setting, path, line, given));
      continue;
    }
    if (how === 'call') continue;
    delete done.env[name];
    if (spelling !== null) {
      done.args.push(...optionWords(spelling, kind, fitted));
      done.set.push({ name, how: 'option', line, from: value, to: fitted });
    } else if (literal !== null && reading !== null && fitted !== value) {
      const original = source.slice(literal.from, literal.to);
      edits.push({ from: literal.from, to: literal.to, text: reading.write({ kind, value: fitted }, original) });
      done.set.push({ name, how: 'constant', line, from: value, to: fitted });
    }
  }
  return { ...done, source: edited(source, edits) };
}

/** The edits are in the order of the source, and apart. */
function edited(source: string, edits: readonly Edit[]): string {
  const pieces: string[] = [];
  let at = 0;
  for (const { from, to, text } of edits) {
    pieces.push(source.slice(at, from), text);
    at = to;
  }
  return pieces.join('') + source.slice(at);
}

/** No program can be started with a NUL in an argument, and arguments have a length that all parts agree on. */
function canCarry({ spelling }: Setting, value: ParamValue): boolean {
  return spelling === null || (!String(value).includes('\0') && String(value).length <= LONGEST_ARGUMENT);
}

const KIND_WORDS: Readonly<Record<ScalarKind, string>> = {
  number: 'a number',
  integer: 'a whole number',
  text: 'a text',
  boolean: 'true or false',
};

function misfit({ name, kind, value }: Setting, path: string, line: number, given: ParamValue): string {
  const [stays, shown] = [value, given].map((each) => shownValue(each).slice(0, 80));
  return `${name} is ${KIND_WORDS[kind]} in ${path}, line ${line}. It stays ${stays}: ${shown} does not fit.`;
}
