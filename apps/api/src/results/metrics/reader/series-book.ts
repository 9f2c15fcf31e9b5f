import { LIMITS, type MetricAxis } from '@mle/protocol';
import type { Form, Located, Value } from './reading.js';
import type { ReadingRules } from './reading-rules.js';
import { Course, keptSeries, type SeriesPoints, type SeriesState } from './series.js';
import { excerptOf, type Source, type SourceLine, type Spot } from './sources.js';

/** A value that may turn out to be the first point of a series or the only value of its name. */
interface Waiting {
  axis: MetricAxis | null;
  x: number;
  y: number;
  time: number;
  sure: boolean;
}

export interface BookState {
  series: SeriesState[];
  /** Not-a-number and the infinities as words. */
  waiting: [name: string, Omit<Waiting, 'y'> & { y: number | string }][];
  finals: [name: string, y: number | string][];
  late: [name: string, y: number | string][];
  sources: [name: string, Source][];
  points: number;
  dropped: number;
}

/** How the line of a value was printed. */
export interface Origin {
  form: Form;
  located: Located | null;
  line: SourceLine;
  time: number;
  /** A progress bar: what it says of one place replaces what it said before. */
  bar: boolean;
  /** A live display was drawn anew: what it shows again is nothing new. */
  redrawn: boolean;
  /** The values are about the whole run. */
  whole: boolean;
}

/** Series whose points are kept until it is known which are printed most. */
const MOST_TRACKED = 2_000;
const MOST_FINALS = 500;
const { isFinite } = Number;

/** All values that an attempt printed, as series and as final values. */
export class SeriesBook {
  private readonly series: Map<string, Course>;
  private readonly waiting: Map<string, Waiting>;
  /** Told about the whole run. */
  private readonly told: Map<string, number>;
  /** Told again at a place that the series had reached: the last word, unless the training goes on. */
  private readonly late: Map<string, number>;
  /** Of what is no series yet. */
  private readonly spots = new Map<string, Spot>();
  private readonly sources: Map<string, Source>;
  private points: number;
  private dropped: number;
  /** Series with points that nobody took yet. */
  private fresh: Course[] = [];

  private readonly hidden: ReadonlySet<string>;
  private readonly renamed: ReadonlyMap<string, string>;
  private readonly axes: ReadonlyMap<string, MetricAxis>;

  constructor(state?: BookState, rules?: Pick<ReadingRules, 'hidden' | 'renamed' | 'axes'>) {
    this.hidden = new Set(rules?.hidden);
    this.renamed = new Map(rules?.renamed);
    this.axes = new Map(rules?.axes);
    this.series = new Map(state?.series.map((series) => [series.raw ?? series.name, new Course({ ...series })]));
    this.waiting = new Map(state?.waiting.map(([name, { y, ...rest }]) => [name, { ...rest, y: numberOf(y) }]));
    this.told = new Map(state?.finals.map(([name, y]) => [name, numberOf(y)]));
    this.late = new Map(state?.late.map(([name, y]) => [name, numberOf(y)]));
    this.sources = new Map(state?.sources);
    this.points = state?.points ?? 0;
    this.dropped = state?.dropped ?? 0;
  }

  get state(): BookState {
    return {
      series: [...this.series.values()].map(({ state }) => ({ ...state })),
      waiting: [...this.waiting].map(([name, { y, ...rest }]) => [name, { ...rest, y: plain(y) }]),
      finals: [...this.told].map(([name, y]) => [name, plain(y)]),
      late: [...this.late].map(([name, y]) => [name, plain(y)]),
      sources: this.sourcesOf(() => true),
      points: this.points,
      dropped: this.dropped,
    };
  }

  get hasSeries(): boolean {
    return this.series.size > 0;
  }

  get hasFinals(): boolean {
    return this.waiting.size > 0 || this.told.size > 0;
  }

  get kept(): SeriesState[] {
    return keptSeries([...this.series.values()].map(({ state }) => state));
  }

  /** Values about the whole run, as far as it has come: told as such, or told once only. */
  get finals(): Record<string, number> {
    const finals: [string, number][] = [...this.told];
    for (const [name, { y, sure }] of this.waiting) if (sure) finals.push([plainName(name), y]);
    finals.push(...this.late);
    return Object.fromEntries(
      finals
        .filter(([name]) => !this.hidden.has(name))
        .map(([name, y]) => [this.renamed.get(name) ?? name, y] as const)
        .slice(0, MOST_FINALS),
    );
  }

  /** The line that each series and final value was read from last. */
  get foundIn(): { name: string; source: Source }[] {
    return this.sourcesOf((name) => this.series.has(name) || this.told.has(name) || this.waiting.has(name)).map(
      ([name, source]) => ({ name, source }),
    );
  }

  add(value: Value, asPrinted: Origin): void {
    const axis = this.axes.size > 0 ? this.axes.get(value.name) : undefined;
    const origin = axis && asPrinted.located ? { ...asPrinted, located: { ...asPrinted.located, axis } } : asPrinted;
    if (origin.whole || (value.best && (!origin.located || origin.located.held))) this.tell(value, origin);
    else if (value.best && origin.located) this.record(value, origin, origin.located);
    else if (origin.located && !origin.located.held) this.placed(value, origin, origin.located.axis, origin.located.x);
    else this.unplaced(value, origin);
  }

  /** The points since the last call. */
  take(): SeriesPoints[] {
    for (const { spot } of this.series.values()) spot?.line.release?.();
    for (const { line } of this.spots.values()) line.release?.();
    const taken = this.fresh.flatMap((course) => course.take());
    this.fresh = [];
    return taken;
  }

  private tell({ name, y, from, to, sure }: Value, { line }: Origin): void {
    if (!sure || (this.told.size >= MOST_FINALS && !this.told.has(name))) return;
    this.told.set(name, y);
    this.note(name, { line, from, to });
  }

  private placed(value: Value, origin: Origin, axis: MetricAxis, x: number): void {
    const known = this.series.get(value.name);
    const state = known?.state;
    // A program that prints a number in two ways means one series, not two points.
    if (state && state.form !== origin.form) return;
    if (axis === 'index') return this.point(value.name, axis, state?.count ?? 0, value, origin);
    const name = state && state.axis !== axis && origin.form === 'found' ? `${value.name} (${axis})` : value.name;
    const waiting = this.waiting.size > 0 ? this.waiting.get(name) : undefined;
    if (waiting) {
      this.waiting.delete(name);
      if (waiting.axis === axis && waiting.x !== x) this.first(name, axis, waiting.x, waiting, value, origin);
    }
    if (known && name === value.name) this.extend(known, x, value, origin);
    else this.point(name, axis, x, value, origin);
  }

  /** The best so far, with its place: a course when it is told again and again, else about the whole run. */
  private record(value: Value, origin: Origin, { axis, x }: Located): void {
    if (!value.sure) return;
    if (this.series.has(value.name)) this.placed(value, origin, axis, x);
    else this.wait(value.name, value, origin, axis, x);
  }

  /** The line itself says no place: it may be one of many such lines, or the only one. */
  private unplaced(value: Value, origin: Origin): void {
    const axis = origin.located?.axis ?? null;
    const x = origin.located?.x ?? 0;
    const known = this.series.get(value.name);
    const state = known?.state;
    if (known && state?.axis === 'index') {
      if (!origin.redrawn || state.last !== value.y) this.extend(known, state.count, value, origin);
    } else if (state && axis !== null && state.axis !== axis)
      this.wait(`${value.name} (${axis})`, value, origin, axis, x);
    else if (known && state) {
      if (axis !== null && x !== state.step) this.extend(known, x, value, origin);
      else if (value.sure) this.last(value, origin);
    } else this.wait(value.name, value, origin, axis, x);
  }

  private last({ name, y, from, to }: Value, { line }: Origin): void {
    this.late.set(name, y);
    this.note(name, { line, from, to });
  }

  /** The second value of a name shows what the first one was. */
  private wait(name: string, value: Value, origin: Origin, axis: MetricAxis | null, x: number): void {
    const before = this.waiting.get(name);
    const known = this.series.get(name);
    if (known) {
      const { state } = known;
      if (state.axis === 'index') this.extend(known, state.count, value, origin);
      else if (x !== state.step) this.extend(known, x, value, origin);
      return;
    }
    if (!before || (origin.bar && before.axis === axis && before.x === x)) {
      if (this.waiting.size >= MOST_TRACKED) return;
      this.waiting.set(name, { axis, x, y: value.y, time: origin.time, sure: value.sure });
      this.note(name, { line: origin.line, from: value.from, to: value.to });
      return;
    }
    if (origin.redrawn && before.x === x) return;
    this.waiting.delete(name);
    const placed = axis !== null && before.axis === axis && before.x !== x;
    this.first(name, placed ? axis : 'index', placed ? before.x : 0, before, value, origin);
    this.point(name, placed ? axis : 'index', placed ? x : 1, value, origin);
  }

  /** What waited turns out to be the first point of a series. */
  private first(name: string, axis: MetricAxis, x: number, { y, time }: Waiting, value: Value, origin: Origin): void {
    this.point(name, axis, x, { ...value, y }, { ...origin, time });
  }

  private point(name: string, axis: MetricAxis, x: number, value: Value, origin: Origin): void {
    const course = this.series.get(name) ?? this.begin(name, axis, origin.form, x);
    if (course) this.extend(course, x, value, origin);
    else this.dropped++;
  }

  private extend(course: Course, x: number, { y, from, to }: Value, { form, line, redrawn, time }: Origin): void {
    if (this.points >= LIMITS.metricPoints) {
      this.dropped++;
      return;
    }
    const { state } = course;
    if (state.form !== form || (redrawn && state.count > 0 && x <= state.high)) return;
    this.points++;
    if (this.late.size > 0) this.late.delete(course.name);
    course.spot = { line, from, to };
    if (course.add(x, y, time)) this.fresh.push(course);
  }

  private note(name: string, spot: Spot): void {
    const course = this.series.get(name);
    if (course) course.spot = spot;
    else this.spots.set(name, spot);
  }

  private begin(name: string, axis: MetricAxis, form: Form, x: number): Course | null {
    if (this.series.size >= MOST_TRACKED) return null;
    const shown = this.shownName(name);
    const course = new Course({
      name: shown,
      ...(shown !== name && { raw: name }),
      ...(this.hidden.has(name) && { hidden: true as const }),
      axis,
      form,
      count: 0,
      last: null,
      min: null,
      max: null,
      step: x,
      low: x,
      high: x,
    });
    this.series.set(name, course);
    this.spots.delete(name);
    return course;
  }

  /** Two series under one name would be one: the later one keeps its own. */
  private shownName(name: string): string {
    const given = this.renamed.get(name);
    if (given === undefined) return name;
    for (const { state } of this.series.values()) if (state.name === given) return name;
    return given;
  }

  private sourcesOf(wanted: (name: string) => boolean): [string, Source][] {
    for (const course of this.series.values()) {
      if (course.spot) this.sources.set(course.name, excerptOf(course.spot));
      course.spot = null;
    }
    for (const [name, spot] of this.spots) this.sources.set(name, excerptOf(spot));
    this.spots.clear();
    return [...this.sources].filter(([name]) => wanted(name)).slice(0, LIMITS.metricSeries * 2);
  }
}

const plainName = (name: string): string => name.replace(/ \((?:step|epoch)\)$/, '');
const plain = (y: number): number | string => (isFinite(y) ? y : String(y));
const numberOf = (y: number | string): number => Number(y);
