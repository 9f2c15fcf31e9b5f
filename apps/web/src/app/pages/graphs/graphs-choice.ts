import type { RunView } from '@mle/protocol';
import { isActive } from '../../core/protocol-values';

/** What a view of the Graphs page shows; its link keeps all of it. */
export interface GraphsChoice {
  /** Null: whatever runs now, else the latest run. */
  runs: readonly string[] | null;
  hidden: readonly string[];
  x: 'step' | 'time';
  smoothing: number;
  log: boolean;
  /** One line for each run, or for each machine its latest run, named by the machine. */
  by: 'run' | 'machine';
}

export const MOST_RUNS = 20;
const ID = /^[0-9a-f]{24}$/;

type Params = Partial<Record<'runs' | 'hide' | 'x' | 'smooth' | 'log' | 'by', string>>;

export function choiceOf(params: Params): GraphsChoice {
  const ids = (text: string | undefined): string[] =>
    (text ?? '')
      .split(',')
      .filter((id) => ID.test(id))
      .slice(0, MOST_RUNS);
  const smoothing = Number(params.smooth ?? 0);
  return {
    runs: params.runs === undefined ? null : ids(params.runs),
    hidden: ids(params.hide),
    x: params.x === 'time' ? 'time' : 'step',
    smoothing: smoothing > 0 && smoothing < 1 ? smoothing : 0,
    log: params.log === '1',
    by: params.by === 'machine' ? 'machine' : 'run',
  };
}

/** What is as it is without saying stays out of the link. */
export function paramsOf({ runs, hidden, x, smoothing, log, by }: GraphsChoice): Record<keyof Params, string | null> {
  return {
    runs: runs === null ? null : runs.join(','),
    hide: hidden.length > 0 ? hidden.join(',') : null,
    x: x === 'time' ? x : null,
    smooth: smoothing > 0 ? String(smoothing) : null,
    log: log ? '1' : null,
    by: by === 'machine' ? by : null,
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
