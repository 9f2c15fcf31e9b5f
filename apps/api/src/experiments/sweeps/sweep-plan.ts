import { isTerminal, type RunState } from '@mle/protocol';
import type { TrialRun } from '../../run-records/trials.repository.js';
import { valueOfRun } from '../evidence/outcome-of-run.js';
import type { SweepRecord } from './sweeps.repository.js';

/** The place of a run in a sweep. */
export interface Place {
  setting: number;
  seed: number;
}

/** What a plan looks at of a sweep. */
export type PlannedSweep = Pick<SweepRecord, 'settings' | 'round' | 'failuresFrom' | 'goal'>;

const FAILED: readonly RunState[] = ['failed', 'timed_out'];
const FAILURES_IN_A_ROW = 3;
/** After this time the numbers of an ended run are as they will be. */
const READ_WITHIN_MS = 5_000;

/** All runs that the sweep wants: the first seed of each value, then the second. The very first is the smoke. */
export function places({ settings }: Pick<PlannedSweep, 'settings'>): Place[] {
  const most = Math.max(0, ...settings.map(({ seeds }) => seeds));
  return Array.from({ length: most }, (_, seed) =>
    settings.flatMap(({ seeds }, setting) => (seed < seeds ? [{ setting, seed }] : [])),
  ).flat();
}

const keyOf = ({ setting, seed }: Place): string => `${setting}/${seed}`;

/** The last run of each place. */
export function currentRuns(runs: readonly TrialRun[]): Map<string, TrialRun> {
  const current = new Map<string, TrialRun>();
  for (const run of runs) {
    const key = keyOf({ setting: run.trial?.setting ?? 0, seed: run.seed });
    const known = current.get(key);
    if (known === undefined || roundOf(known) <= roundOf(run)) current.set(key, run);
  }
  return current;
}

/** The run in a place, where it stays the one that counts: a later round makes those again that were stopped or lost. */
export function standing(sweep: PlannedSweep, current: ReadonlyMap<string, TrialRun>, place: Place): TrialRun | null {
  const run = current.get(keyOf(place));
  if (run === undefined) return null;
  const stands =
    !isTerminal(run.state) ||
    run.state === 'succeeded' ||
    roundOf(run) === sweep.round ||
    (FAILED.includes(run.state) && roundOf(run) >= sweep.failuresFrom);
  return stands ? run : null;
}

/** Places without a run. */
export function toStart(sweep: PlannedSweep, runs: readonly TrialRun[]): Place[] {
  const current = currentRuns(runs);
  return places(sweep).filter((place) => standing(sweep, current, place) === null);
}

export const activeOf = (runs: readonly TrialRun[]): TrialRun[] => runs.filter(({ state }) => !isTerminal(state));

/** Whether the run is over and its numbers are read. */
export function isSettled(run: TrialRun, now: number): boolean {
  if (!isTerminal(run.state)) return false;
  const ended = finishedAt(run);
  return run.readBy !== undefined || now - ended > READ_WITHIN_MS || run.state === 'stopped' || run.state === 'lost';
}

/** `wait`: the first run is on its way; otherwise whether the others start, or why they do not. */
type SmokeVerdict = { verdict: 'go' } | { verdict: 'wait' } | { verdict: 'stopped' | 'failed'; reason: string };

/** What the first run says of the sweep. */
export function smokeVerdict(sweep: PlannedSweep, runs: readonly TrialRun[], now: number): SmokeVerdict {
  const [first] = places(sweep);
  const run = first && standing(sweep, currentRuns(runs), first);
  if (!run) return { verdict: 'wait' };
  const { metric } = sweep.goal;
  if (valueOfRun(run, sweep.goal) !== undefined) return { verdict: 'go' };
  if (!isSettled(run, now)) return { verdict: 'wait' };
  if (run.state === 'stopped') return { verdict: 'stopped', reason: 'Its first run was stopped.' };
  const line = lastLine(run);
  if (line !== null) return { verdict: 'failed', reason: `The first run ended before it printed ${metric}: ${line}` };
  const printed = [...(run.metrics ?? []), ...(run.finals ?? [])].map(({ name }) => name).slice(0, 10);
  const instead = printed.length === 0 ? 'It printed no numbers.' : `It printed ${printed.join(', ')}.`;
  return { verdict: 'failed', reason: `The first run ended and did not print ${metric}. ${instead}` };
}

/** The line with which the last three runs failed one after another; null where they did not. */
export function repeatedFailure(sweep: PlannedSweep, runs: readonly TrialRun[]): string | null {
  const ended = runs
    .filter((run) => !run.taken && isTerminal(run.state) && roundOf(run) >= sweep.failuresFrom)
    .sort((a, b) => finishedAt(a) - finishedAt(b));
  const lines = ended.slice(-FAILURES_IN_A_ROW).map(lastLine);
  const [line] = lines;
  return line && lines.length === FAILURES_IN_A_ROW && lines.every((each) => each === line) ? line : null;
}

/** What a run that failed said last; null of one that did not fail. */
function lastLine(run: TrialRun): string | null {
  if (run.state !== 'failed' && run.state !== 'timed_out' && run.state !== 'lost') return null;
  const attempt = run.attempts[run.attempt - 1];
  const exit = attempt?.exitCode === null || attempt === undefined ? run.state : `exit code ${attempt.exitCode}`;
  return attempt?.failure?.sentence ?? attempt?.reason ?? exit;
}

const roundOf = ({ trial }: TrialRun): number => trial?.round ?? 0;
const finishedAt = ({ attempts, attempt }: TrialRun): number => attempts[attempt - 1]?.finishedAt?.getTime() ?? 0;
