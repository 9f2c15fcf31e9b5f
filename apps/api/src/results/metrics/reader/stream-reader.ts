import { accepted } from './acceptance.js';
import { Box, type BoxState } from './boxes.js';
import { ASTERISK, HASH, isBarLine, isBlank, isDigit, isLetter } from './characters.js';
import type { Context } from './context.js';
import { readDictLine } from './dict-line.js';
import { findDict } from './dicts.js';
import { explicitIn } from './explicit.js';
import { type Held, HeldBars, type HeldBarsState } from './held-bars.js';
import type { LineReader } from './line-reader.js';
import { LongDict, type LongDictState } from './long-dict.js';
import { nameOf, phaseOnly } from './names.js';
import { matchPattern, type Pattern } from './patterns.js';
import { emptyReading, type Found, type Reading } from './reading.js';
import {
  BAR,
  BRACE,
  DIGIT,
  INTEREST,
  type LineFate,
  type LineSink,
  Screen,
  type ScreenState,
  SEPARATOR,
} from './screen.js';
import type { SeriesBook, Value } from './series-book.js';
import type { SourceLine } from './sources.js';
import { classScore, cocoScore, searchScores } from './special-lines.js';
import { Tables, type TablesState } from './tables.js';
import type { Phase } from './vocabulary.js';

export interface StreamState {
  screen: ScreenState;
  tables: TablesState;
  box: BoxState;
  dict: LongDictState;
  bars: HeldBarsState;
  /** The line that goes on was drawn before. */
  drawn: boolean;
}

/** What the streams of one attempt share. */
export interface Shared {
  context: Context;
  book: SeriesBook;
  lines: LineReader;
  patterns: readonly Pattern[];
  /** When the piece that ends a line came. */
  time: number;
}

const LONGEST_PHASE = 60;
/** With these a count may begin a line: `E1`, `i=1`, `t: 3`. */
const LETTERS_OF_PLACE = new Set(Array.from('EeIiTt', (letter) => letter.charCodeAt(0)));
/** The first byte of the characters that boxes are drawn with. */
const BOX_LEAD = 0xe2;

/** Reads one stream: its lines one by one, and what only several lines say together. */
export class StreamReader implements LineSink {
  private readonly screen: Screen;
  private readonly tables: Tables;
  private readonly box: Box;
  private readonly dict: LongDict;
  private readonly bars: HeldBars;
  private drawn: boolean;

  constructor(
    private readonly shared: Shared,
    state?: StreamState,
  ) {
    this.screen = new Screen(this, state?.screen);
    this.tables = new Tables(state?.tables);
    this.box = new Box(state?.box);
    this.dict = new LongDict(state?.dict);
    this.bars = new HeldBars((held) => this.commitBar(held), state?.bars);
    this.drawn = state?.drawn ?? false;
  }

  get state(): StreamState {
    const { screen, tables, box, dict, bars, drawn } = this;
    return { screen: screen.state, tables: tables.state, box: box.state, dict: dict.state, bars: bars.state, drawn };
  }

  push(bytes: Uint8Array, offset: number): void {
    this.screen.push(bytes, offset);
  }

  skip(): void {
    this.screen.skip();
  }

  /** No more output comes. */
  end(offset: number): void {
    this.screen.end(offset);
    this.bars.releaseAll();
    if (this.box.isOpen) this.closeBox(offset);
    this.giveUpDict(offset);
  }

  /** Only lines that may say something are made a text. */
  wants(found: number, first: number, counted: boolean): boolean {
    if (found & (INTEREST | BRACE)) return true;
    if (this.box.isOpen || this.dict.isOpen || this.shared.patterns.length > 0) return true;
    if (first === HASH || first === 124 || first === BOX_LEAD) return true;
    if ((found & DIGIT) === 0) return false;
    if (found & BAR || this.shared.context.isHeaded) return true;
    if (counted) return true;
    // A row of a table; a name of one letter such as `E1`, `i=1`.
    return isDigit(first)
      ? this.tables.hasHead
      : this.tables.isOpen || (first !== 0 && (found & SEPARATOR) !== 0 && LETTERS_OF_PLACE.has(first));
  }

  pass(): void {
    this.shared.context.countLine();
    this.tables.pass();
  }

  line(text: string, fate: LineFate, end: number): void {
    const first = firstOf(text);
    const source: SourceLine = { text, end };
    if (first === HASH && this.explicit(text, source)) return;
    if (this.shared.patterns.length > 0 && fate !== 'overwritten' && this.byPatterns(text, source, fate)) return;
    if (fate === 'overwritten') return this.drawing(text, source);
    this.shared.context.countLine();
    if (isBarLine(first) && this.box.take(text)) return;
    if (this.box.isOpen) this.closeBox(end);
    if (this.dict.isOpen) return this.dictLine(text, end);
    this.read(text, source, fate, true);
  }

  private explicit(text: string, line: SourceLine): boolean {
    const found = explicitIn(text, text.indexOf('#'));
    if (!found) return false;
    const { name, x, y, from, to } = found;
    const { book, time } = this.shared;
    book.add(
      { name, y, from, to, sure: true, best: false },
      {
        form: 'explicit',
        located: { axis: 'step', x, held: false },
        line,
        time,
        bar: false,
        redrawn: false,
        whole: false,
      },
    );
    return true;
  }

  /** Reads what the project's patterns find; true when the rest of the line says nothing more. */
  private byPatterns(text: string, line: SourceLine, fate: LineFate): boolean {
    const taken: { from: number; to: number }[] = [];
    for (const pattern of this.shared.patterns) {
      const match = matchPattern(pattern, text);
      if (!match) continue;
      const located =
        match.x !== null
          ? { axis: match.axis, x: match.x, held: false }
          : { axis: 'index' as const, x: 0, held: false };
      for (const value of match.values) {
        this.shared.book.add(
          { ...value, sure: true, best: false },
          { form: 'pattern', located, line, time: this.shared.time, bar: false, redrawn: false, whole: false },
        );
        taken.push(value);
      }
    }
    if (taken.length === 0) return false;
    const reading = this.shared.lines.read(text, this.shared.context.decimalCommas);
    reading.values = reading.values.filter(
      ({ from, to }) => !taken.some((other) => from < other.to && other.from < to),
    );
    this.commit(reading, line, fate);
    return true;
  }

  /** A state that something was drawn over. It counts where it says its place. */
  private drawing(text: string, line: SourceLine): void {
    const reading =
      this.tables.hasHead && text.includes('%|') ? (this.tables.row(text) ?? this.lineOf(text)) : this.lineOf(text);
    if (reading.values.length === 0 || !(reading.epoch || reading.step || reading.batch)) return;
    this.drawn = true;
    this.hold(reading, line, false);
  }

  private lineOf(text: string): Reading {
    const { lines, context } = this.shared;
    const reading = lines.read(text, context.decimalCommas);
    context.decimalCommas ||= lines.sawDecimalComma;
    return reading;
  }

  private read(text: string, line: SourceLine, fate: LineFate, mayGoOn: boolean): void {
    const special = this.special(text);
    if (special) return this.emit(special.values, { ...emptyReading(), ...special.reading }, null, line, fate);
    const dict = findDict(text);
    if (dict >= 0) {
      const before = this.shared.lines.read(text, false, dict);
      const found = readDictLine(text, dict, before);
      if (found === 'open' && mayGoOn) return this.dict.begin(text);
      if (found !== 'open' && found !== 'none') return this.commit(found.reading, line, fate);
    }
    const row = this.mayBeRow(text) ? this.tables.row(text) : null;
    if (row) return this.commit(row, line, fate);
    const reading = this.lineOf(text);
    if (reading.values.length === 0 && (this.shared.lines.sawNoNumber || text.includes('%|')))
      return this.words(text, reading, line, fate);
    this.tables.pass();
    this.commit(reading, line, fate);
  }

  /** Lines of which only their own rule knows what is a score. */
  private special(text: string): { values: Found[]; reading?: Partial<Reading> } | null {
    if (text.startsWith('[CV')) return { values: searchScores(text) ?? [] };
    const score = cocoScore(text) ?? classScore(text);
    return score ? { values: [score] } : null;
  }

  /** Rows begin with a number, a bar, or with a label and end with a number. */
  private mayBeRow(text: string): boolean {
    if (!this.tables.hasHead) return false;
    const first = firstOf(text);
    if (isDigit(first) || isBarLine(first)) return true;
    return (
      isLetter(first) &&
      isDigit(text.charCodeAt(text.trimEnd().length - 1)) &&
      !text.includes('=') &&
      !text.includes(':')
    );
  }

  private dictLine(text: string, end: number): void {
    if (!this.dict.isOpen) return this.dict.begin(text);
    const added = this.dict.add(text);
    if (added === 'more') return;
    const lines = this.dict.take();
    if (added === 'whole') {
      const joined = lines.map((line, i) => (i === 0 ? line : line.trim())).join(' ');
      return this.read(joined, { text: joined, end }, 'whole', false);
    }
    for (const line of [...lines, text]) this.read(line, { text: line, end }, 'whole', false);
  }

  private giveUpDict(end: number): void {
    for (const text of this.dict.take()) this.read(text, { text, end }, 'whole', false);
  }

  private closeBox(end: number): void {
    const { reading, texts } = this.box.close();
    const located = this.shared.context.locate(reading);
    reading.values.forEach((value, i) => this.emit([value], reading, located, { text: texts[i] ?? '', end }, 'whole'));
  }

  /** A line without numbers may head a table, a phase or a last report. */
  private words(text: string, reading: Reading, line: SourceLine, fate: LineFate): void {
    this.tables.offer(text);
    if (text.includes('est iteration is')) this.shared.context.expectWhole();
    const phase = text.length <= LONGEST_PHASE ? phaseAlone(text) : null;
    if (phase !== null) this.shared.context.enterPhase(phase);
    else this.commit(reading, line, fate);
  }

  private commit(reading: Reading, line: SourceLine, fate: LineFate): void {
    const { context } = this.shared;
    const { epoch } = context;
    const { drawn } = this;
    this.drawn = false;
    if ((reading.bar || (drawn && (reading.epoch || reading.step || reading.batch))) && reading.values.length > 0)
      return this.hold(reading, line, fate === 'whole');
    const located = context.locate(reading);
    if (context.epoch !== epoch) this.bars.releaseAll();
    if (reading.values.length > 0) this.emit(reading.values, reading, located, line, fate);
    else if (reading.phase !== null && !reading.epoch && !reading.step && !reading.batch)
      context.enterPhase(reading.phase);
  }

  /** A bar waits until it says something else, ends, or another place begins. */
  private hold(reading: Reading, line: SourceLine, ended: boolean): void {
    const { context, time } = this.shared;
    const full = ended && reading.batch !== null && reading.batch.total === reading.batch.value;
    const group = `${reading.phase ?? ''}|${reading.rank ?? ''}|${reading.batch?.total ?? ''}`;
    const bar = reading.bar || reading.epoch !== null;
    const located = context.locate({ ...reading, bar });
    const values = this.valuesOf(reading.values, reading, located !== null, false);
    if (values.length === 0) return;
    this.bars.hold(group, located ? `${located.axis} ${located.x}` : 'none', { values, located, line, time }, full);
  }

  private commitBar({ values, located, line, time }: Held): void {
    for (const value of values)
      this.shared.book.add(value, { form: 'found', located, line, time, bar: true, redrawn: false, whole: false });
  }

  private emit(found: Found[], reading: Reading, located: Held['located'], line: SourceLine, fate: LineFate): void {
    const { context, book, time } = this.shared;
    const whole = reading.whole || context.takeWhole();
    const bulleted = firstOf(line.text) === ASTERISK;
    for (const value of this.valuesOf(found, reading, located !== null && !located.held, bulleted)) {
      book.add(value, { form: 'found', located, line, time, bar: false, redrawn: fate === 'redrawn', whole });
    }
  }

  /** The values that are taken, under the names by which they are told apart. */
  private valuesOf(found: Found[], reading: Reading, placed: boolean, bulleted: boolean): Value[] {
    const { context } = this.shared;
    const phase = placed || reading.phase !== null ? null : context.phaseFor(bulleted);
    const outer = context.outerFor(reading);
    return accepted({ ...reading, values: found }, placed, context.isHeaded).map(
      ({ name, y, from, to, kind, best }) => {
        let full = phase !== null && nameOf(name).phase === null && !best ? `${phase}/${name}` : name;
        if (outer !== null) full = `${outer}/${full}`;
        if (reading.rank !== null) full = `${reading.rank}/${full}`;
        return { name: full, y, from, to, sure: kind === 'sure', best };
      },
    );
  }
}

/** A phase that is all that a line says. That training goes on needs a colon to be a heading. */
function phaseAlone(text: string): Phase | null {
  const words = text.match(/\p{L}+/gu) ?? [];
  const phase = words.length > 0 && words.length <= 4 ? phaseOnly(words) : null;
  return phase === 'train' && !text.trimEnd().endsWith(':') ? null : phase;
}

function firstOf(text: string): number {
  let at = 0;
  while (isBlank(text.charCodeAt(at))) at++;
  return text.charCodeAt(at);
}
