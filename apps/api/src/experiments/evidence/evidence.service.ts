import {
  DEFAULT_PROJECT_SETTINGS,
  type Evidence,
  type EvidenceQuery,
  type Goal,
  type RunChange,
  shownChange,
} from '@mle/protocol';
import { Injectable } from '@nestjs/common';
import { notFound } from '../../platform/http/problem.js';
import { SEED } from '../../projects/knobs/changes/describe-changes.js';
import { KnobsService } from '../../projects/knobs/knobs.service.js';
import type { ComparedRun } from '../../projects/knobs/knobs-questions.js';
import { OwnedRunsRepository } from '../../run-records/owned-runs.repository.js';
import type { RunRecord } from '../../run-records/run-view.js';
import type { JudgedSetting } from './finding.js';
import { Goals } from './goals.service.js';
import { judge } from './judge.js';
import { outcomeOfRun } from './outcome-of-run.js';
import { isTimed, OTHER_MACHINE } from './timed-metric.js';

/** Says of any runs what made the difference between them. */
@Injectable()
export class EvidenceService {
  constructor(
    private readonly runs: OwnedRunsRepository,
    private readonly knobs: KnobsService,
    private readonly goals: Goals,
  ) {}

  /** The first run and those like it are the baseline. @throws ProblemError 400, 404 */
  async ofRuns(ownerId: string, { ids, ...asked }: EvidenceQuery): Promise<Evidence> {
    const found = new Map((await this.runs.byIds(ownerId, ids)).map((run) => [run.id, run]));
    const runs = [...new Set(ids)].map((id) => found.get(id)).filter((run) => run !== undefined);
    const [first] = runs;
    if (first === undefined || runs.length < new Set(ids).size) throw notFound('run');
    const goal = await this.goals.of(first, asked);
    return judge(goal, await this.settings(goal, first, runs));
  }

  private async settings(goal: Goal, first: RunRecord, runs: readonly RunRecord[]): Promise<JudgedSetting[]> {
    const groups = new Map<string, { setting: Omit<JudgedSetting, 'outcomes'>; runs: RunRecord[] }>();
    const compared = new Map<string, Promise<RunChange[]>>();
    for (const run of runs) {
      const program = JSON.stringify(comparedRun(run));
      const comparison = compared.get(program) ?? this.changes(first, run);
      compared.set(program, comparison);
      const changes = await comparison;
      const others = otherDifferences(first, run, goal);
      const key = JSON.stringify([...changes, ...others]);
      const group = groups.get(key) ?? { setting: settingOf(changes, others), runs: [] };
      groups.set(key, { ...group, runs: [...group.runs, run] });
    }
    return [...groups.values()].map(({ setting, runs: same }) => ({
      ...setting,
      outcomes: newestOfSeeds(same)
        .map((run) => outcomeOfRun(run, goal))
        .filter((outcome) => outcome !== null),
    }));
  }

  /** Without the seed, which is what is averaged over. */
  private async changes(first: RunRecord, run: RunRecord): Promise<RunChange[]> {
    const { changes } = await this.knobs.compare(comparedRun(first), comparedRun(run));
    return changes.filter(({ kind }) => kind !== 'seed');
  }
}

/** What the comparison reads of a run, but for its seed. */
function comparedRun({ file, params, args, snapshotId, given }: RunRecord): ComparedRun {
  const set = (given?.set ?? []).filter(({ name }) => name !== SEED);
  return { file, params, args, snapshotId, set, seed: 0 };
}

/** One knob, or one parameter, that differs is what is judged; all else is named beside it. */
function settingOf(changes: readonly RunChange[], others: readonly string[]): Omit<JudgedSetting, 'outcomes'> {
  const judged = changes.find(({ kind }) => kind === 'knob' || kind === 'param');
  const besides = changes.filter((change) => change !== judged).map((change) => shownChange(change).name);
  return {
    knob: judged?.name ?? '',
    from: judged?.from ?? null,
    value: judged?.to ?? null,
    differs: [...besides, ...others],
  };
}

/** What is no part of the program and its parameters. */
function otherDifferences(first: RunRecord, run: RunRecord, { metric }: Goal): string[] {
  const differs = (of: (run: RunRecord) => unknown): boolean => JSON.stringify(of(first)) !== JSON.stringify(of(run));
  return [
    ...(differs(({ file, projectId }) => [file, projectId]) ? ['the file'] : []),
    ...(differs(({ command }) => command) ? ['the command'] : []),
    ...(differs(({ env }) => env) ? ['the environment'] : []),
    ...(differs(({ settings }) => settings ?? DEFAULT_PROJECT_SETTINGS) ? ['the settings of the project'] : []),
    ...(isTimed(metric) && differs(({ machineId }) => machineId) ? [OTHER_MACHINE] : []),
  ];
}

/** A seed that was run again counts by its last run. */
function newestOfSeeds(runs: readonly RunRecord[]): RunRecord[] {
  return [...new Map(runs.toSorted((a, b) => a.number - b.number).map((run) => [run.seed, run])).values()];
}
