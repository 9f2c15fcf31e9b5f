import { accepted } from './acceptance.js';
import { ASTERISK, firstOf } from './characters.js';
import type { Context } from './context.js';
import { type Held, HeldBars, type HeldBarsState } from './held-bars.js';
import { isOverall, nameOf } from './names.js';
import type { Found, Located, Reading, Taken, Value } from './reading.js';
import type { LineFate } from './screen.js';
import type { Origin, SeriesBook } from './series-book.js';
import type { SourceLine } from './sources.js';
import type { Phase } from './vocabulary.js';

export interface RecorderState {
  bars: HeldBarsState;
  /** The line that goes on was drawn before. */
  drawn: boolean;
  /** Of the bar that was drawn last. */
  group?: string;
}

/** What the streams of one attempt share, as far as the book is concerned. */
export interface Records {
  context: Context;
  book: SeriesBook;
  /** When the piece that ends a line came. */
  time: number;
}

/** Brings what the lines of one stream say into the book, each at the place that its context gives it. */
export class Recorder {
  private readonly bars: HeldBars;
  private drawn: boolean;
  /** Of the bar that was drawn last. */
  private group: string;

  constructor(
    private readonly records: Records,
    state?: RecorderState,
  ) {
    this.bars = new HeldBars((held) => this.commitBar(held), state?.bars);
    this.drawn = state?.drawn ?? false;
    this.group = state?.group ?? '';
  }

  get state(): RecorderState {
    return { bars: this.bars.state, drawn: this.drawn, ...(this.group !== '' && { group: this.group }) };
  }

  /** No more output comes. */
  end(): void {
    this.bars.releaseAll();
  }

  /** A line that the next one may be a later state of. */
  get isDrawn(): boolean {
    return this.drawn;
  }

  /** A state that something was drawn over. It counts where it says its place. */
  draw(reading: Reading, line: SourceLine): void {
    if (reading.values.length === 0 || !isPlaced(reading)) return;
    const { drawn } = this;
    this.drawn = true;
    this.hold(reading, line, false, drawn);
  }

  commit(reading: Reading, line: SourceLine, fate: LineFate): void {
    const { context } = this.records;
    const { epoch } = context;
    const { drawn } = this;
    this.drawn = false;
    if ((reading.bar || (drawn && isPlaced(reading))) && reading.values.length > 0)
      return this.hold(reading, line, fate === 'whole', drawn);
    const located = context.locate(reading);
    if (context.epoch !== epoch) this.bars.releaseAll();
    if (reading.values.length > 0) this.emit(reading, located, line, fate);
    else if (reading.phase !== null && !isPlaced(reading)) context.enterPhase(reading.phase);
  }

  emit(reading: Reading, located: Located | null, line: SourceLine, fate: LineFate): void {
    const { context, book, time } = this.records;
    const whole = reading.whole || context.takeWhole();
    const redrawn = fate === 'redrawn';
    const placed = located !== null && !located.held;
    const bulleted = !placed && firstOf(line.text) === ASTERISK;
    const origin: Origin = { form: 'found', located, line, time, bar: false, redrawn, whole };
    for (const value of this.valuesOf(reading, placed, bulleted)) book.add(value, origin);
  }

  /** A bar waits until it says something else, ends, or another place begins. */
  private hold(reading: Reading, line: SourceLine, ended: boolean, over: boolean): void {
    const { context, time } = this.records;
    const full = ended && reading.batch !== null && reading.batch.total === reading.batch.value;
    const group = `${reading.phase ?? ''}|${reading.rank ?? ''}|${reading.batch?.total ?? ''}`;
    // What an evaluation draws anew is one value in the end.
    const evaluates = reading.phase !== null && reading.phase !== 'train';
    const bar = reading.bar || reading.epoch !== null || evaluates;
    const located = context.locate({ ...reading, bar });
    const values = this.valuesOf(reading, located !== null, false);
    if (values.length === 0) return;
    const key = located ? `${located.axis} ${located.x}` : 'none';
    // Copies: a line of the same form writes its numbers into those of this one.
    const held = { values: values.map((value) => ({ ...value })), located, line, time };
    if (over && this.group !== group) this.bars.drawnOver(this.group, key, held);
    this.group = group;
    this.bars.hold(group, key, held, full);
  }

  private commitBar({ values, located, line, time }: Held): void {
    for (const value of values)
      this.records.book.add(value, {
        form: 'found',
        located,
        line,
        time,
        bar: true,
        redrawn: false,
        whole: false,
      });
  }

  /** The values that are taken, under the names by which they are told apart. */
  private valuesOf(reading: Reading, placed: boolean, bulleted: boolean): Value[] {
    const { context } = this.records;
    const phase = placed || reading.phase !== null ? null : context.phaseFor(bulleted);
    const outer = context.outerFor(reading);
    const headed = context.isHeaded;
    const means = context.epoch === null;
    const before = reading.taken;
    if (
      before &&
      before.placed === placed &&
      before.headed === headed &&
      before.means === means &&
      before.phase === phase &&
      before.outer === outer
    )
      return renewed(before);
    const of = accepted(reading, placed, headed);
    const apart = outer === null || placed || reading.outer !== null ? null : means;
    const values = of.map((found) =>
      valueOf(found, phase, apart !== null && isOverall(found.name, apart) ? null : outer, reading.rank),
    );
    reading.taken = { placed, headed, means, phase, outer, of, values };
    return values;
  }
}

/** The same names with the numbers of today. */
function renewed({ of, values }: Taken): Value[] {
  for (let i = 0; i < of.length; i++) {
    const [found, value] = [of[i], values[i]];
    if (!found || !value) continue;
    value.y = found.y;
    value.from = found.from;
    value.to = found.to;
  }
  return values;
}

function valueOf(
  { name, y, from, to, kind, best }: Found,
  phase: Phase | null,
  outer: string | null,
  rank: string | null,
): Value {
  let full = phase !== null && nameOf(name).phase === null && !best ? `${phase}/${name}` : name;
  if (outer !== null) full = `${outer}/${full}`;
  if (rank !== null) full = `${rank}/${full}`;
  return { name: full, y, from, to, sure: kind === 'sure', best };
}

const isPlaced = ({ epoch, step, batch }: Reading): boolean => epoch !== null || step !== null || batch !== null;
