import { LIMITS, type MetricAxis } from '@mle/protocol';
import type { Form, Located } from './reading.js';
import type { ReadingRules } from './reading-rules.js';
import { excerptOf, type Source, type SourceLine } from './sources.js';

/** Points of one series, in the order in which they were printed. */
export interface SeriesPoints {
  name: string;
  axis: MetricAxis;
  x: number[];
  y: number[];
  time: number[];
}

/** What is known of a series besides its points. */
export interface SeriesState {
  name: string;
  /** The name that was found, where the project gave it another. */
  raw?: string;
  /** The project shows it not. */
  hidden?: true;
  axis: MetricAxis;
  form: Form;
  count: number;
  /** NaN and the infinities have no JSON: their place is null. */
  last: number | null;
  min: number | null;
  max: number | null;
  step: number;
  low: number;
  high: number;
}

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

export interface Value {
  name: string;
  y: number;
  from: number;
  to: number;
  sure: boolean;
  best: boolean;
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
  private readonly series: Map<string, SeriesState>;
  private readonly waiting: Map<string, Waiting>;
  /** Told about the whole run. */
  private readonly told: Map<string, number>;
  /** Told again at a place that the series had reached: the last word, unless the training goes on. */
  private readonly late: Map<string, number>;
  private readonly lines = new Map<string, { line: SourceLine; from: number; to: number }>();
  private readonly sources: Map<string, Source>;
  private points: number;
  private dropped: number;
  private fresh = new Map<string, SeriesPoints>();

  private readonly hidden: ReadonlySet<string>;
  private readonly renamed: ReadonlyMap<string, string>;
  private readonly axes: ReadonlyMap<string, MetricAxis>;

  constructor(state?: BookState, rules?: Pick<ReadingRules, 'hidden' | 'renamed' | 'axes'>) {
    this.hidden = new Set(rules?.hidden);
    this.renamed = new Map(rules?.renamed);
    this.axes = new Map(rules?.axes);
    this.series = new Map(state?.series.map((series) => [series.raw ?? series.name, { ...series }]));
    this.waiting = new Map(state?.waiting.map(([name, { y, ...rest }]) => [name, { ...rest, y: numberOf(y) }]));
    this.told = new Map(state?.finals.map(([name, y]) => [name, numberOf(y)]));
    this.late = new Map(state?.late.map(([name, y]) => [name, numberOf(y)]));
    this.sources = new Map(state?.sources);
    this.points = state?.points ?? 0;
    this.dropped = state?.dropped ?? 0;
  }

  get state(): BookState {
    return {
      series: [...this.series.values()].map((series) => ({ ...series })),
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
    return keptSeries([...this.series.values()]);
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
    const axis = this.axes.get(value.name);
    const origin = axis && asPrinted.located ? { ...asPrinted, located: { ...asPrinted.located, axis } } : asPrinted;
    if (origin.whole || (value.best && (!origin.located || origin.located.held))) this.tell(value, origin);
    else if (value.best && origin.located) this.record(value, origin, origin.located);
    else if (origin.located && !origin.located.held) this.placed(value, origin, origin.located.axis, origin.located.x);
    else this.unplaced(value, origin);
  }

  /** The points since the last call. */
  take(): SeriesPoints[] {
    const taken = [...this.fresh.values()];
    this.fresh = new Map();
    return taken;
  }

  private tell({ name, y, from, to, sure }: Value, { line }: Origin): void {
    if (!sure || (this.told.size >= MOST_FINALS && !this.told.has(name))) return;
    this.told.set(name, y);
    this.lines.set(name, { line, from, to });
  }

  private placed(value: Value, origin: Origin, axis: MetricAxis, x: number): void {
    const known = this.series.get(value.name);
    // A program that prints a number in two ways means one series, not two points.
    if (known && known.form !== origin.form) return;
    if (axis === 'index') return this.point(value.name, axis, known?.count ?? 0, value.y, origin.time, value, origin);
    const name = known && known.axis !== axis && origin.form === 'found' ? `${value.name} (${axis})` : value.name;
    const waiting = this.waiting.get(name);
    if (waiting) {
      this.waiting.delete(name);
      if (waiting.axis === axis && waiting.x !== x)
        this.point(name, axis, waiting.x, waiting.y, waiting.time, value, origin);
    }
    this.point(name, axis, x, value.y, origin.time, value, origin);
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
    if (known?.axis === 'index') {
      if (!origin.redrawn || known.last !== value.y)
        this.point(value.name, 'index', known.count, value.y, origin.time, value, origin);
    } else if (known && axis !== null && known.axis !== axis)
      this.wait(`${value.name} (${axis})`, value, origin, axis, x);
    else if (known) {
      if (axis !== null && x !== known.step) this.point(value.name, axis, x, value.y, origin.time, value, origin);
      else if (value.sure) this.last(value, origin);
    } else this.wait(value.name, value, origin, axis, x);
  }

  private last({ name, y, from, to }: Value, { line }: Origin): void {
    this.late.set(name, y);
    this.lines.set(name, { line, from, to });
  }

  /** The second value of a name shows what the first one was. */
  private wait(name: string, value: Value, origin: Origin, axis: MetricAxis | null, x: number): void {
    const before = this.waiting.get(name);
    const known = this.series.get(name);
    if (known) {
      if (known.axis === 'index') this.point(name, 'index', known.count, value.y, origin.time, value, origin);
      else if (x !== known.step) this.point(name, known.axis, x, value.y, origin.time, value, origin);
      return;
    }
    if (!before || (origin.bar && before.axis === axis && before.x === x)) {
      if (this.waiting.size >= MOST_TRACKED) return;
      this.waiting.set(name, { axis, x, y: value.y, time: origin.time, sure: value.sure });
      this.lines.set(name, { line: origin.line, from: value.from, to: value.to });
      return;
    }
    if (origin.redrawn && before.x === x) return;
    this.waiting.delete(name);
    const placed = axis !== null && before.axis === axis && before.x !== x;
    this.point(name, placed ? axis : 'index', placed ? before.x : 0, before.y, before.time, value, origin);
    this.point(name, placed ? axis : 'index', placed ? x : 1, value.y, origin.time, value, origin);
  }

  private point(
    name: string,
    axis: MetricAxis,
    x: number,
    y: number,
    time: number,
    { from, to }: Value,
    { form, line, redrawn }: Origin,
  ): void {
    const series = this.series.get(name) ?? this.begin(name, axis, form, x);
    if (!series || this.points >= LIMITS.metricPoints) {
      this.dropped++;
      return;
    }
    if (series.form !== form || (redrawn && series.count > 0 && x <= series.high)) return;
    this.points++;
    count(series, x, y);
    this.late.delete(name);
    this.lines.set(name, { line, from, to });
    if (series.hidden) return;
    let points = this.fresh.get(name);
    if (!points) {
      points = { name: series.name, axis: series.axis, x: [], y: [], time: [] };
      this.fresh.set(name, points);
    }
    points.x.push(x);
    points.y.push(y);
    points.time.push(time);
  }

  private begin(name: string, axis: MetricAxis, form: Form, x: number): SeriesState | null {
    if (this.series.size >= MOST_TRACKED) return null;
    const shown = this.shownName(name);
    const series: SeriesState = {
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
    };
    this.series.set(name, series);
    return series;
  }

  /** Two series under one name would be one: the later one keeps its own. */
  private shownName(name: string): string {
    const given = this.renamed.get(name);
    if (given === undefined) return name;
    for (const series of this.series.values()) if (series.name === given) return name;
    return given;
  }

  private sourcesOf(wanted: (name: string) => boolean): [string, Source][] {
    for (const [name, { line, from, to }] of this.lines) this.sources.set(name, excerptOf(line, from, to));
    this.lines.clear();
    return [...this.sources].filter(([name]) => wanted(name)).slice(0, LIMITS.metricSeries * 2);
  }
}

function count(series: SeriesState, x: number, y: number): void {
  series.count++;
  series.last = isFinite(y) ? y : null;
  series.step = x;
  if (x < series.low) series.low = x;
  if (x > series.high) series.high = x;
  if (series.last !== null) {
    if (series.min === null || y < series.min) series.min = y;
    if (series.max === null || y > series.max) series.max = y;
  }
}

/**
 * Of all series those that are shown: the ones that were printed most, of those printed as often the ones with plainer
 * names.
 */
export function keptSeries(found: readonly SeriesState[]): SeriesState[] {
  const all = found.filter(({ hidden }) => !hidden);
  if (all.length <= LIMITS.metricSeries) return all;
  const ranked = [...all].sort((a, b) => b.count - a.count || plainness(a.name) - plainness(b.name));
  const kept = new Set(ranked.slice(0, LIMITS.metricSeries));
  return all.filter((series) => kept.has(series));
}

/** Fewer parts and no numbers: `loss` is more likely to be looked at than `task17/acc`. */
function plainness(name: string): number {
  let parts = 0;
  for (let at = 0; at < name.length; at++) {
    const code = name.charCodeAt(at);
    if (code === 47 || (code >= 48 && code <= 57)) parts++;
  }
  return parts;
}

const plainName = (name: string): string => name.replace(/ \((?:step|epoch)\)$/, '');
const plain = (y: number): number | string => (isFinite(y) ? y : String(y));
const numberOf = (y: number | string): number => Number(y);
