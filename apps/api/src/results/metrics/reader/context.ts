import { Counters, type CountersState } from './counters.js';
import type { Located, Place, Reading } from './reading.js';
import { type Phase, PLURAL_WORD } from './vocabulary.js';

/** What lines before this one said. */
export interface ContextState {
  epoch: number | null;
  epochs: number | null;
  step: number | null;
  outer: string | null;
  phase: Phase | null;
  /** Lines for which the phase still holds. */
  phaseLines: number;
  /** Of the last line that told values and a phase. */
  lastPhase: Phase | null;
  /** The last line that told a place told nothing else: lines for which what follows belongs to it. */
  headedLines: number;
  /** It told a step of an epoch, and nothing else. */
  headStep?: boolean;
  decimalCommas: boolean;
  /** Values that follow are told by the whole run. */
  wholeLines: number;
  counters: CountersState;
}

/** By what the courses of counts are told apart. */
interface Course extends Pick<Place, 'word' | 'total'>, Pick<Reading, 'phase' | 'rank'> {
  outer: string | null;
  key: string;
}

/** What stands alone on a line holds for so many lines. */
const PHASE_LINES = 12;
const HEADED_LINES = 12;

/** Follows where a training stands, so that a line that does not say it belongs to what was said last. */
export class Context {
  epoch: number | null;
  epochs: number | null;
  decimalCommas: boolean;
  private step: number | null;
  private outer: string | null;
  private phase: Phase | null;
  private phaseLines: number;
  private lastPhase: Phase | null;
  private headedLines: number;
  private headStep: boolean;
  private wholeLines: number;
  private readonly counters: Counters;
  private course: Course = { word: '', total: null, phase: null, rank: null, outer: null, key: '' };

  constructor(state?: ContextState) {
    this.epoch = state?.epoch ?? null;
    this.epochs = state?.epochs ?? null;
    this.step = state?.step ?? null;
    this.outer = state?.outer ?? null;
    this.phase = state?.phase ?? null;
    this.phaseLines = state?.phaseLines ?? 0;
    this.lastPhase = state?.lastPhase ?? null;
    this.headedLines = state?.headedLines ?? 0;
    this.headStep = state?.headStep ?? false;
    this.decimalCommas = state?.decimalCommas ?? false;
    this.wholeLines = state?.wholeLines ?? 0;
    this.counters = new Counters(state?.counters);
  }

  get state(): ContextState {
    const { epoch, epochs, step, outer, phase, phaseLines, lastPhase, headedLines, decimalCommas, wholeLines } = this;
    return {
      epoch,
      epochs,
      step,
      outer,
      phase,
      phaseLines,
      lastPhase,
      headedLines,
      ...(this.headStep && { headStep: true }),
      decimalCommas,
      wholeLines,
      counters: this.counters.state,
    };
  }

  /** Names without a known measure count on a line of nothing but pairs below a heading. */
  get isHeaded(): boolean {
    return this.headedLines > 0;
  }

  /** A phase that stands alone on a line. */
  enterPhase(phase: Phase): void {
    this.phase = phase;
    this.phaseLines = PHASE_LINES;
  }

  /** The values of the next line are those of the best iteration, which were told before. */
  expectWhole(): void {
    this.wholeLines = 1;
  }

  takeWhole(): boolean {
    return this.wholeLines > 0 && this.wholeLines-- > 0;
  }

  /** A line passed by. */
  countLine(): void {
    if (this.headedLines > 0) this.headedLines--;
    if (this.phaseLines > 0 && --this.phaseLines === 0) this.phase = null;
  }

  /** The phase of values whose names and line tell none. */
  phaseFor(bulleted: boolean): Phase | null {
    return this.phase ?? (bulleted ? this.lastPhase : null);
  }

  /** What the names of a line begin with in a loop around whole trainings. */
  outerFor({ outer, epoch, step, batch }: Reading): string | null {
    if (outer && (epoch || step || batch)) return `${outer.word} ${outer.value}`;
    return outer ? null : this.outer;
  }

  /** Where the line stands, and from now on the lines after it. Null: nowhere. */
  locate(reading: Reading): Located | null {
    const { epoch, step, batch, outer, values, bar } = reading;
    const sameEpoch = epoch?.value === this.epoch;
    if (epoch) {
      this.epoch = epoch.value;
      this.epochs = epoch.total ?? this.epochs;
    }
    if (outer && values.length === 0) this.outer = `${outer.word} ${outer.value}`;
    if (epoch || step || batch || outer) {
      this.headedLines = values.length === 0 && !bar && !batch ? HEADED_LINES : 0;
      this.headStep = reading.bare && epoch !== null && step !== null;
      if (values.length > 0) this.lastPhase = reading.phase;
      // The heading of a phase may tell the epoch once more.
      if ((epoch && !sameEpoch) || values.length > 0) this.phase = null;
    }
    return this.place(reading);
  }

  /** The name of the course that a count belongs to. Mostly it is the one of the line before. */
  private courseOf({ word, total }: Place, phase: Phase | null, rank: string | null, outer: string | null): string {
    const { course } = this;
    if (
      course.word !== word ||
      course.total !== total ||
      course.phase !== phase ||
      course.rank !== rank ||
      course.outer !== outer
    )
      this.course = { word, total, phase, rank, outer, key: [word, total, phase, rank, outer].join('|') };
    return this.course.key;
  }

  private place(reading: Reading): Located | null {
    const { epoch, step, batch, outer, bar } = reading;
    if (bar && this.epoch !== null) return { axis: 'epoch', x: this.epoch, held: epoch === null };
    const count = step ?? batch;
    // The last batch of an evaluation tells all of it: it stands where the training does.
    if (count && count.total === count.value && reading.phase !== null && reading.phase !== 'train') {
      if (this.epoch !== null) return { axis: 'epoch', x: this.epoch, held: epoch === null };
      if (this.step !== null) return { axis: 'step', x: this.step, held: true };
    }
    if (count) {
      // A bar at the head of a line, as Keras draws it, counts the batches of one epoch: without an epoch it evaluates.
      if (count === batch && batch.word === 'head') return null;
      const key = this.courseOf(count, reading.phase, reading.rank, this.outerFor(reading));
      const local = count === batch;
      this.step = this.counters.place(key, count.value, { total: count.total, epoch: this.epoch, local });
      return { axis: 'step', x: this.step, held: count.word === PLURAL_WORD };
    }
    if (epoch) return { axis: 'epoch', x: epoch.value, held: false };
    if (outer) return { axis: 'step', x: outer.value, held: false };
    const stepped = this.headStep && this.headedLines > 0 && this.step !== null;
    if (this.epoch !== null && !stepped) return { axis: 'epoch', x: this.epoch, held: true };
    return this.step === null ? null : { axis: 'step', x: this.step, held: true };
  }
}
