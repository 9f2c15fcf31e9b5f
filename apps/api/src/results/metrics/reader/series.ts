import { LIMITS, type MetricAxis } from '@mle/protocol';
import type { Form } from './reading.js';
import type { Spot } from './sources.js';

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

/** A series while it grows. */
export class Course {
  /** Where its last number stood, until that is noted. */
  spot: Spot | null = null;
  /** The points that nobody took yet. */
  private points: SeriesPoints | null = null;

  constructor(readonly state: SeriesState) {}

  /** The name that was found. */
  get name(): string {
    return this.state.raw ?? this.state.name;
  }

  /** Answers whether it is the first point that nobody took yet. */
  add(x: number, y: number, time: number): boolean {
    count(this.state, x, y);
    if (this.state.hidden) return false;
    const { points } = this;
    if (!points) {
      this.points = { name: this.state.name, axis: this.state.axis, x: [x], y: [y], time: [time] };
      return true;
    }
    points.x.push(x);
    points.y.push(y);
    points.time.push(time);
    return false;
  }

  take(): SeriesPoints[] {
    const { points } = this;
    this.points = null;
    return points ? [points] : [];
  }
}

const { isFinite } = Number;

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
