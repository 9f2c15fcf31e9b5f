import { isTerminal, ON_MACHINE_STATES, type SweepCounts, type SweepView, type Trial } from '@mle/protocol';
import type { TrialRun } from '../../run-records/trials.repository.js';
import type { JudgedSetting } from '../evidence/finding.js';
import { judge } from '../evidence/judge.js';
import { outcomeOfRun, valueOfRun } from '../evidence/outcome-of-run.js';
import { meanOf } from '../evidence/paired-difference.js';
import { isTimed, OTHER_MACHINE } from '../evidence/timed-metric.js';
import { currentRuns, places, standing } from './sweep-plan.js';
import type { SweepRecord } from './sweeps.repository.js';

/** A run that counts, by its place. */
interface Standing {
  setting: number;
  run: TrialRun | null;
}

export function sweepView(sweep: SweepRecord, runs: readonly TrialRun[], used: SweepView['used']): SweepView {
  const current = currentRuns(runs);
  const standings = places(sweep).map((place) => ({ setting: place.setting, run: standing(sweep, current, place) }));
  const { id, number, ownerId, projectId, projectName, state, reason, file, command, snapshotId, goal } = sweep;
  const { knob, settings, seeds, parallel, target, needs, timeoutSeconds, limits = {}, note } = sweep;
  return {
    ...{ id, number, ownerId, projectId, projectName, state, reason, file, command, snapshotId, goal },
    ...{ knob, settings, seeds, parallel, target, timeoutSeconds, limits, used, note },
    method: 'grid',
    needs: needs ?? null,
    base: { run: sweep.baseRun ?? null, params: sweep.params, args: sweep.args },
    progress: { runs: countRuns(standings), settings: countSettings(sweep, standings) },
    best: bestOf(sweep, standings),
    trials: standings.flatMap(({ setting, run }) => (run ? [trialOf(sweep, setting, run)] : [])),
    evidence: judge(goal, judgedSettings(sweep, standings)),
    createdAt: sweep.createdAt.toISOString(),
    finishedAt: sweep.finishedAt?.toISOString() ?? null,
  };
}

function trialOf({ goal }: SweepRecord, setting: number, run: TrialRun): Trial {
  const attempt = run.attempts[run.attempt - 1];
  const { id: runId, number, seed, state, machineName } = run;
  const ran =
    attempt?.startedAt && attempt.finishedAt ? attempt.finishedAt.getTime() - attempt.startedAt.getTime() : null;
  const taken = run.taken ?? false;
  const role = taken || run.role === 'baseline' ? 'baseline' : 'trial';
  return {
    runId,
    number,
    role,
    taken,
    setting,
    seed,
    state,
    machineName,
    value: valueOfRun(run, goal) ?? null,
    durationMs: ran,
  };
}

/** Each value against the first, which is the one of the code; runs that go on do not count yet. */
function judgedSettings({ knob, settings, goal }: SweepRecord, standings: readonly Standing[]): JudgedSetting[] {
  const machines = settings.map((_setting, at) => machinesOf(standings, at));
  return settings.map(({ value }, setting) => ({
    knob,
    from: settings[0]?.value ?? null,
    value,
    differs: isTimed(goal.metric) && machines[setting] !== machines[0] ? [OTHER_MACHINE] : [],
    outcomes: standings
      .filter((each) => each.setting === setting)
      .map(({ run }) => run && outcomeOfRun(run, goal))
      .filter((outcome) => outcome !== null),
  }));
}

function machinesOf(standings: readonly Standing[], at: number): string {
  const machines = standings.filter(({ setting }) => setting === at).map(({ run }) => run?.machineId ?? '');
  return [...new Set(machines)].sort().join();
}

type CountedState = Exclude<keyof SweepCounts, 'total'>;

function stateOf({ run }: Standing): CountedState {
  if (!run) return 'toCome';
  if (run.state === 'succeeded') return 'done';
  if (isTerminal(run.state)) return 'failed';
  return ON_MACHINE_STATES.includes(run.state) ? 'running' : 'toCome';
}

function count(states: readonly CountedState[]): SweepCounts {
  const counts: SweepCounts = { done: 0, running: 0, failed: 0, setAside: 0, toCome: 0, total: states.length };
  for (const state of states) counts[state]++;
  return counts;
}

const countRuns = (standings: readonly Standing[]): SweepCounts => count(standings.map(stateOf));

/** A setting is done when all of its runs are, and failed when none of them goes on and one failed. */
function countSettings({ settings }: SweepRecord, standings: readonly Standing[]): SweepCounts {
  return count(
    settings.map((_setting, at) => {
      const states = new Set(standings.filter(({ setting }) => setting === at).map(stateOf));
      if (states.has('running') || (states.has('toCome') && states.size > 1)) return 'running';
      if (states.has('toCome')) return 'toCome';
      return states.has('failed') ? 'failed' : 'done';
    }),
  );
}

/** Among the values all of whose ended runs have a number. */
function bestOf({ settings, goal }: SweepRecord, standings: readonly Standing[]): SweepView['best'] {
  const means = settings.flatMap((_setting, setting) => {
    const endings = standings
      .filter((each) => each.setting === setting)
      .map(({ run }) => run && outcomeOfRun(run, goal))
      .filter((outcome) => outcome !== null)
      .map(({ ending }) => ending);
    const numbers = endings.filter((ending) => typeof ending === 'number');
    return numbers.length === 0 || numbers.length < endings.length ? [] : [{ setting, value: meanOf(numbers) }];
  });
  const sign = goal.direction === 'max' ? 1 : -1;
  return means.reduce<SweepView['best']>(
    (best, each) => (best === null || sign * (each.value - best.value) > 0 ? each : best),
    null,
  );
}
