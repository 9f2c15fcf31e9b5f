import { Box, type BoxState } from './boxes.js';
import { firstOf, HASH, isBarLine, isDigit, isLetter } from './characters.js';
import { dictFormOf } from './dict-form.js';
import { readDictLine } from './dict-line.js';
import { findDict } from './dicts.js';
import { explicitIn } from './explicit.js';
import type { LineReader } from './line-reader.js';
import { LongDict, type LongDictState } from './long-dict.js';
import { phaseOnly } from './names.js';
import { matchPattern, type Pattern } from './patterns.js';
import { emptyReading, type Found, type Reading } from './reading.js';
import { RecentForms } from './recent-forms.js';
import { Recorder, type RecorderState, type Records } from './recorder.js';
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
import { BytesLine, type SourceLine } from './sources.js';
import { classScore, cocoScore, searchScores } from './special-lines.js';
import { Tables, type TablesState } from './tables.js';
import type { Phase } from './vocabulary.js';

export interface StreamState extends RecorderState {
  screen: ScreenState;
  tables: TablesState;
  box: BoxState;
  dict: LongDictState;
}

/** What the streams of one attempt share. */
export interface Shared extends Records {
  lines: LineReader;
  patterns: readonly Pattern[];
}

const LONGEST_PHASE = 60;
/** LightGBM and XGBoost tell the scores of the best iteration again below this. */
const BEST_NEXT = /best iteration(?: is)?:\s*$/i;
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
  private readonly recorder: Recorder;
  private readonly forms = new RecentForms();

  constructor(
    private readonly shared: Shared,
    state?: StreamState,
  ) {
    this.screen = new Screen(this, state?.screen);
    this.tables = new Tables(state?.tables);
    this.box = new Box(state?.box);
    this.dict = new LongDict(state?.dict);
    this.recorder = new Recorder(shared, state);
  }

  get state(): StreamState {
    const { screen, tables, box, dict, recorder } = this;
    return {
      screen: screen.state,
      tables: tables.state,
      box: box.state,
      dict: dict.state,
      ...recorder.state,
    };
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
    this.recorder.end();
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

  known(bytes: Uint8Array, from: number, offset: number): number {
    const { box, dict, recorder, tables, shared } = this;
    if (box.isOpen || dict.isOpen || recorder.isDrawn) return -1;
    const form = this.forms.of(bytes, from);
    if (!form || (form.table === 'row' && tables.hasHead)) return -1;
    shared.context.countLine();
    if (form.table !== 'apart') tables.pass();
    recorder.commit(form.reading, new BytesLine(bytes, from, form.end, offset + form.next - 1), 'whole');
    return form.next;
  }

  pass(): void {
    this.shared.context.countLine();
    this.tables.pass();
  }

  line(text: string, fate: LineFate, end: number, plain: boolean): void {
    const first = firstOf(text);
    const source: SourceLine = { text, end };
    if (first === HASH && this.explicit(text, source)) return;
    if (this.shared.patterns.length > 0 && fate !== 'overwritten' && this.byPatterns(text, source, fate)) return;
    if (fate === 'overwritten') return this.drawing(text, source);
    this.shared.context.countLine();
    if (isBarLine(first) && this.box.take(text)) return;
    if (this.box.isOpen) this.closeBox(end);
    if (this.dict.isOpen) return this.dictLine(text, end);
    this.read(text, source, fate, plain ? 'plain' : 'single');
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
    this.recorder.commit(reading, line, fate);
    return true;
  }

  private drawing(text: string, line: SourceLine): void {
    const row = this.tables.hasHead && text.includes('%|') ? this.tables.row(text) : null;
    this.recorder.draw(row ?? this.lineOf(text), line);
  }

  private lineOf(text: string): Reading {
    const { lines, context } = this.shared;
    const reading = lines.read(text, context.decimalCommas);
    context.decimalCommas ||= lines.sawDecimalComma;
    return reading;
  }

  private read(text: string, line: SourceLine, fate: LineFate, kind: 'plain' | 'single' | 'joined'): void {
    const special = this.special(text);
    if (special) return this.recorder.emit({ ...emptyReading(), values: special }, null, line, fate);
    const dict = findDict(text);
    if (dict >= 0) {
      const before = this.shared.lines.read(text, false, dict);
      const found = readDictLine(text, dict, before);
      if (found === 'open' && kind !== 'joined') return this.dict.begin(text);
      if (found !== 'open' && found !== 'none') {
        if (this.learns(kind, fate)) this.forms.add(dictFormOf(text, found.reading));
        return this.recorder.commit(found.reading, line, fate);
      }
    }
    const row = this.tables.hasHead && this.mayBeRow(text) ? this.tables.row(text) : null;
    if (row) return this.recorder.commit(row, line, fate);
    const reading = this.lineOf(text);
    if (reading.values.length === 0 && (this.shared.lines.sawNoNumber || text.includes('%|')))
      return this.words(text, reading, line, fate);
    this.tables.pass();
    // `Train: index=[0 1 2]` heads nothing.
    if (reading.values.length === 0) reading.phase = null;
    if (this.learns(kind, fate)) this.forms.add(this.shared.lines.form(this.mayBeRow(text) ? 'row' : 'none'));
    this.recorder.commit(reading, line, fate);
  }

  /** Whether the next line of the form of this one is not to be read as text. */
  private learns(kind: string, fate: LineFate): boolean {
    return kind === 'plain' && fate === 'whole' && this.shared.patterns.length === 0 && this.forms.admits();
  }

  /** Lines of which only their own rule knows what is a score. */
  private special(text: string): Found[] | null {
    if (text.startsWith('[CV')) return searchScores(text) ?? [];
    const score = cocoScore(text) ?? classScore(text);
    return score ? [score] : null;
  }

  /** Rows begin with a number, a bar, or with a label and end with a number. */
  private mayBeRow(text: string): boolean {
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
      return this.read(joined, { text: joined, end }, 'whole', 'joined');
    }
    for (const line of [...lines, text]) this.read(line, { text: line, end }, 'whole', 'joined');
  }

  private giveUpDict(end: number): void {
    for (const text of this.dict.take()) this.read(text, { text, end }, 'whole', 'joined');
  }

  private closeBox(end: number): void {
    const { reading, texts } = this.box.close();
    const located = this.shared.context.locate(reading);
    reading.values.forEach((value, i) =>
      this.recorder.emit({ ...reading, values: [value] }, located, { text: texts[i] ?? '', end }, 'whole'),
    );
  }

  /** A line without numbers may head a table, a phase or a last report. */
  private words(text: string, reading: Reading, line: SourceLine, fate: LineFate): void {
    this.tables.offer(text);
    if (BEST_NEXT.test(text)) this.shared.context.expectWhole();
    const phase = text.length <= LONGEST_PHASE ? phaseAlone(text) : null;
    if (phase !== null) this.shared.context.enterPhase(phase);
    else this.recorder.commit(reading, line, fate);
  }
}

/** A phase that is all that a line says. That training goes on needs a colon to be a heading. */
function phaseAlone(text: string): Phase | null {
  const words = text.match(/\p{L}+/gu) ?? [];
  const phase = words.length > 0 && words.length <= 4 ? phaseOnly(words) : null;
  return phase === 'train' && !text.trimEnd().endsWith(':') ? null : phase;
}
