import type { ParamValue, RunView } from '@mle/protocol';
import { shownValue } from '@mle/protocol/shown-change';
import { meanBand, type Spread } from '../../metrics/mean-band';
import type { MetricLines } from '../../metrics/metric-lines';
import { differs, settingsOf } from '../../runs/run-differences';

/** Runs that have one value of a knob. */
export interface RunGroup {
  /** Of its line. */
  id: string;
  value: string;
  runIds: ReadonlySet<string>;
  slot: number;
  /** Of a number, from low to high. */
  token?: string;
}

/** Steps of the scale that tells a low value from a high one. */
const SCALE = 5;

/** The settings by which runs fall into several groups. */
export const groupable = (runs: readonly RunView[]): string[] =>
  settingsOf(runs)
    .filter(differs)
    .map(({ name }) => name);

/** By the value of a setting: numbers from low to high with the colours of the scale, others as they are met. */
export function groupRuns(runs: readonly RunView[], name: string): RunGroup[] {
  const setting = settingsOf(runs).find((one) => one.name === name);
  const members = new Map<ParamValue | null, string[]>();
  runs.forEach(({ id }, i) => {
    const value = setting?.values[i] ?? null;
    members.set(value, [...(members.get(value) ?? []), id]);
  });
  const values = [...members.keys()];
  const ordered = values.every((value) => typeof value === 'number');
  if (ordered) values.sort((a, b) => a - b);
  return values.map((value, i) => {
    const place = values.length > 1 ? Math.round((i / (values.length - 1)) * (SCALE - 1)) : 0;
    return {
      id: `${name} ${shownValue(value)}`,
      value: shownValue(value),
      runIds: new Set(members.get(value)),
      slot: i,
      ...(ordered && values.length <= SCALE && { token: `--scale-${place + 1}` }),
    };
  });
}

/** What stands around the mean of a group; `lines`: its runs, each by itself and without a mean. */
export type Band = Spread | 'lines';

interface Look {
  band: Band;
  /** The group whose runs are shown beside its mean. */
  pointed: string | null;
  isHidden: (id: string) => boolean;
}

/** A line for each group: the mean of its runs, and around it a band; or the lines of its runs. */
export function grouped(
  chart: MetricLines,
  groups: readonly RunGroup[],
  { band, pointed, isHidden }: Look,
): MetricLines {
  const lines = groups.flatMap(({ id, value, runIds, slot, token }) => {
    const members = chart.lines.filter((line) => runIds.has(line.id));
    if (members.length === 0) return [];
    const colour = { slot, ...(token !== undefined && { token }) };
    const own = members.map((member) => ({
      ...member,
      ...colour,
      id: `${id} ${member.id}`,
      label: `${id}, ${member.label}`,
    }));
    // Its lines go with the group.
    if (band === 'lines') return isHidden(id) ? [] : own;
    const { x, y, low, high } = meanBand(members, band);
    const live = members.some((member) => member.live);
    const label = `${id}, ${members.length === 1 ? '1 run' : `mean of ${members.length}`}`;
    const mean = { id, label, ...colour, x, y, live, ending: value, band: { low, high } };
    return [mean, ...(pointed === id && members.length > 1 && !isHidden(id) ? own : [])];
  });
  return { ...chart, lines };
}
