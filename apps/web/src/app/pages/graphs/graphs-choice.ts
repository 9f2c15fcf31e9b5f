import type { RunView } from '@mle/protocol';
import { isActive } from '../../core/protocol-values';
import type { Band } from './graph-groups';

/** What a view of the Graphs page shows; its link keeps all of it. */
export interface GraphsChoice {
  /** Null: whatever runs now, else the latest run. */
  runs: readonly string[] | null;
  hidden: readonly string[];
  /** What was printed, the time since the start of the run, or the time of day. */
  x: 'step' | 'time' | 'wall';
  smoothing: number;
  log: boolean;
  /**
   * One line for each run, for each machine its latest run, named by the machine, or as `knobs.<name>` the mean and the
   * range of the runs with each value of that setting.
   */
  by: string;
  /** Around the mean of a group. */
  band: Band;
  /** Part of the names of the metrics that are drawn. */
  metric: string;
  /** Part of what the list of runs has: their files, tags, notes. */
  text: string;
  /** Metrics of training and validation share a chart. */
  together: boolean;
  /** Each value the best up to it. */
  best: boolean;
  /** The y axis leaves outliers out. */
  clip: boolean;
  /** Prefixes of the sections that are folded. */
  fold: readonly string[];
}

export const MOST_RUNS = 200;
const BY_KNOB = /^knobs\.(.{1,64})$/;

/** The setting by whose values runs are grouped; null where they are not. */
export const groupedBy = ({ by }: Pick<GraphsChoice, 'by'>): string | null => BY_KNOB.exec(by)?.[1] ?? null;
const LONGEST_TEXT = 200;
const ID = /^[0-9a-f]{24}$/;

export const BANDS = ['range', 'sd', 'lines'] as const;
const AXES = ['step', 'time', 'wall'] as const;
type Switch = 'log' | 'together' | 'best' | 'clip';

export type GraphsParams = Partial<
  Record<'runs' | 'hide' | 'x' | 'smooth' | 'by' | 'band' | 'metric' | 'text' | 'fold' | Switch, string>
>;

export function choiceOf(params: GraphsParams): GraphsChoice {
  const ids = (text: string | undefined): string[] =>
    (text ?? '')
      .split(',')
      .filter((id) => ID.test(id))
      .slice(0, MOST_RUNS);
  const smoothing = Number(params.smooth ?? 0);
  return {
    runs: params.runs === undefined ? null : ids(params.runs),
    hidden: ids(params.hide),
    x: AXES.find((axis) => axis === params.x) ?? 'step',
    smoothing: smoothing > 0 && smoothing < 1 ? smoothing : 0,
    log: params.log === '1',
    by: params.by !== undefined && (params.by === 'machine' || BY_KNOB.test(params.by)) ? params.by : 'run',
    band: BANDS.find((band) => band === params.band) ?? 'range',
    metric: params.metric ?? '',
    text: (params.text ?? '').slice(0, LONGEST_TEXT),
    together: params.together === '1',
    best: params.best === '1',
    clip: params.clip === '1',
    fold: (params.fold ?? '').split(',').filter(Boolean),
  };
}

/** What is as it is without saying stays out of the link. */
export function paramsOf(choice: GraphsChoice): Record<keyof GraphsParams, string | null> {
  const { runs, hidden, x, smoothing, by, band, metric, text, fold } = choice;
  const on = (name: Switch): string | null => (choice[name] ? '1' : null);
  return {
    runs: runs === null ? null : runs.join(','),
    hide: hidden.length > 0 ? hidden.join(',') : null,
    x: x === 'step' ? null : x,
    smooth: smoothing > 0 ? String(smoothing) : null,
    log: on('log'),
    by: by === 'run' ? null : by,
    band: band === 'range' ? null : band,
    metric: metric || null,
    text: text || null,
    together: on('together'),
    best: on('best'),
    clip: on('clip'),
    fold: fold.length > 0 ? fold.join(',') : null,
  };
}

/**
 * Without a choice: all that run now, or the latest of those that printed numbers where none does, beside the pinned
 * ones.
 */
export function preselected(runs: readonly RunView[], pinned: ReadonlySet<string>): string[] {
  const running = runs.filter(({ state }) => isActive(state));
  const latest = runs.find(({ metrics }) => Object.keys(metrics ?? {}).length > 0) ?? runs[0];
  const chosen = running.length > 0 ? running : latest ? [latest] : [];
  const kept = runs.filter((run) => pinned.has(run.id) && !chosen.includes(run));
  return [...kept, ...chosen].slice(0, MOST_RUNS).map(({ id }) => id);
}

/** Of runs, newest first, the first of each machine. */
export function latestOfMachines(runs: readonly RunView[]): RunView[] {
  const seen = new Set<string>();
  return runs.filter(({ machineId }) => machineId !== null && !seen.has(machineId) && seen.add(machineId));
}
