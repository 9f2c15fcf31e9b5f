import type { MetricDirection } from '@mle/protocol';
import { shownNumber } from '@mle/protocol/shown-number';
import { named } from '../../metrics/chart-sections';
import { bestSoFar, onCommonGrid, robustRange } from '../../metrics/line-shapes';
import { metricFamilies } from '../../metrics/metric-families';
import { best, type MetricLines } from '../../metrics/metric-lines';
import { grouped, type RunGroup } from './graph-groups';
import type { GraphsChoice } from './graphs-choice';

/** A chart as the page draws it. */
export interface GraphChart extends MetricLines {
  note: string;
  /** Ends of the y axis, where outliers are left out. */
  floor: number | null;
  ceiling: number | null;
}

interface View {
  choice: Pick<GraphsChoice, 'metric' | 'together' | 'best' | 'clip' | 'band'>;
  /** Null where each run has a line of its own. */
  groups: readonly RunGroup[] | null;
  /** The group whose runs are shown beside its mean. */
  pointed: string | null;
  isHidden: (id: string) => boolean;
  directionOf: (name: string) => MetricDirection | null;
}

/** What becomes of the curves of runs by the choices of the page. */
export function graphCharts(charts: readonly MetricLines[], view: View): GraphChart[] {
  const { choice, groups, pointed, isHidden, directionOf } = view;
  const wanted = named(charts, choice.metric).map((chart) => {
    const direction = choice.best ? directionOf(chart.name) : null;
    const lines = direction === null ? chart.lines : chart.lines.map((line) => bestSoFar(line, direction));
    const drawn = { ...chart, lines: [...onCommonGrid(lines)] };
    return groups ? grouped(drawn, groups, { band: choice.band, pointed, isHidden }) : drawn;
  });
  return (choice.together ? together(wanted, isHidden) : wanted).map((chart) => {
    const shown = chart.lines.filter(({ id }) => !isHidden(id));
    const range = choice.clip ? robustRange(shown) : null;
    const top = best(directionOf(chart.name), shown);
    const note = top ? `best ${shownNumber(top.value)}, ${top.label}` : '';
    return { ...chart, note, floor: range?.[0] ?? null, ceiling: range?.[1] ?? null };
  });
}

/** `loss` and `val_loss` in one chart; what is held out is dashed, and goes with the line of its run. */
function together(charts: readonly MetricLines[], isHidden: (id: string) => boolean): MetricLines[] {
  const byName = new Map(charts.map((chart) => [chart.name, chart]));
  return metricFamilies([...byName.keys()]).flatMap(({ name, members }) => {
    const of = members.flatMap((member) => byName.get(member.name) ?? []);
    const [first] = of;
    if (!first || of.length === 1) return of;
    const lines = of.flatMap((chart, i) =>
      i === 0
        ? chart.lines
        : chart.lines
            .filter(({ id }) => !isHidden(id))
            .map((line) => ({
              ...line,
              id: `${line.id} ${chart.name}`,
              label: `${line.label} ${chart.name}`,
              held: true,
            })),
    );
    return [{ ...first, name, lines }];
  });
}
