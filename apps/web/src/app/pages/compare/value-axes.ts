import type { ParamValue, RunView } from '@mle/protocol';
import { shownValue } from '@mle/protocol/shown-change';
import { shownNumber } from '@mle/protocol/shown-number';
import { lastOf } from '../../runs/main-metric';
import { differs, settingsOf } from '../../runs/run-differences';

/** A value on an axis; 0 is its lower end, 1 its upper one. */
export interface Stop {
  value: ParamValue;
  text: string;
  at: number;
}

/** One knob, or what became of a metric, with where each of some runs lies on it. */
export interface ValueAxis {
  name: string;
  /** What came out of a run; else what was put into it. */
  outcome: boolean;
  /** The different values, from low to high. */
  stops: readonly Stop[];
  /** Of each run; null where it has no such number or value. */
  of: readonly (Stop | null)[];
  /** The stops that are written at the axis. */
  ticks: readonly Stop[];
}

const MOST_KNOBS = 6;
/** Words are too many for an axis before numbers are. */
const MOST_WORDS = 12;
/** Highest over lowest from which on equal ratios are equally far apart. */
const WIDE = 20;
const FEW = 6;
const TICK_GAP = 0.11;

/** The knobs in which `runs` differ, those that part the first `chosen` of them first, and then the metrics. */
export function valueAxes(runs: readonly RunView[], chosen: number, metrics: readonly string[]): ValueAxis[] {
  const knobs = settingsOf(runs)
    .filter((setting) => setting.name !== 'arguments' && differs(setting))
    .map((setting) => ({ ...setting, parts: new Set(setting.values.slice(0, chosen)).size }))
    .sort((a, b) => b.parts - a.parts)
    .map(({ name, values }) => axisOf(name, values, false))
    .filter(({ stops }) => stops.every(({ value }) => typeof value === 'number') || stops.length <= MOST_WORDS)
    .slice(0, MOST_KNOBS);
  const outcomes = metrics.map((name) => {
    const values = runs.map((run) => lastOf(run, name) ?? null);
    return axisOf(name, values, true);
  });
  return [...knobs, ...outcomes.filter(({ stops }) => stops.length > 0)];
}

function axisOf(name: string, values: readonly (ParamValue | null)[], outcome: boolean): ValueAxis {
  const found = [...new Set(values.filter((value) => value !== null))];
  const stops = found.every((value) => typeof value === 'number') ? ofNumbers(found, outcome) : ofWords(found);
  const byValue = new Map(stops.map((stop) => [stop.value, stop]));
  return {
    name,
    outcome,
    stops,
    of: values.map((value) => (value === null ? null : (byValue.get(value) ?? null))),
    ticks: ticksOf(stops),
  };
}

function ofNumbers(values: readonly number[], outcome: boolean): Stop[] {
  const ordered = [...values].sort((a, b) => a - b);
  const [low, high] = [ordered[0] ?? 0, ordered.at(-1) ?? 0];
  const wide = low > 0 && high / low >= WIDE;
  const scale = (value: number): number => (wide ? Math.log(value) : value);
  const span = scale(high) - scale(low);
  return ordered.map((value) => ({
    value,
    text: outcome ? shownNumber(value) : shownValue(value),
    at: span > 0 ? (scale(value) - scale(low)) / span : 0.5,
  }));
}

const ofWords = (values: readonly ParamValue[]): Stop[] =>
  [...values]
    .sort((a, b) => (String(a) < String(b) ? -1 : 1))
    .map((value, i) => ({
      value,
      text: shownValue(value),
      at: values.length > 1 ? i / (values.length - 1) : 0.5,
    }));

/** Both ends, and where there are few values those of them between that have room. */
function ticksOf(stops: readonly Stop[]): Stop[] {
  const [first, last] = [stops[0], stops.at(-1)];
  if (!first || !last || first === last) return [...stops];
  const ticks = [first];
  if (stops.length <= FEW)
    for (const stop of stops.slice(1, -1))
      if (stop.at - (ticks.at(-1)?.at ?? 0) >= TICK_GAP && last.at - stop.at >= TICK_GAP) ticks.push(stop);
  return [...ticks, last];
}
