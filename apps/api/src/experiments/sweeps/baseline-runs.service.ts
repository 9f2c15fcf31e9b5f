import { isDeepStrictEqual } from 'node:util';
import { DEFAULT_PROJECT_SETTINGS, type ParamValue } from '@mle/protocol';
import { Injectable } from '@nestjs/common';
import { type MachineRecord, MachinesRepository } from '../../machines/machines.repository.js';
import { SEED } from '../../projects/knobs/changes/describe-changes.js';
import { KnobsService } from '../../projects/knobs/knobs.service.js';
import { type EarlierRun, TrialsRepository } from '../../run-records/trials.repository.js';
import { ParamsGiver } from '../../runs/life/params-giver.service.js';
import { TargetsService } from '../../runs/life/targets.service.js';
import { valueOfRun } from '../evidence/outcome-of-run.js';
import { isTimed } from '../evidence/timed-metric.js';
import type { TakenRun } from './sweep.schema.js';
import { isSettled } from './sweep-plan.js';
import type { NewSweep } from './sweeps.repository.js';

/** The program of a run of the first value. */
interface Baseline {
  params: Record<string, ParamValue>;
  /** With the values that it would have; with a seed by that knob. */
  knobs: (seed: number) => Record<string, ParamValue>;
}

/** Finds the runs of the first value that a sweep need not make, because they were made before. */
@Injectable()
export class BaselineRuns {
  constructor(
    private readonly runs: TrialsRepository,
    private readonly machines: MachinesRepository,
    private readonly targets: TargetsService,
    private readonly params: ParamsGiver,
    private readonly knobs: KnobsService,
  ) {}

  /** For the seeds of the first value from this one on: the newest of each. */
  async find(sweep: NewSweep, from = 0): Promise<TakenRun[]> {
    const [setting] = sweep.settings;
    if (setting === undefined || from >= setting.seeds) return [];
    const now = Date.now();
    const alike = (await this.runs.before(sweep, from, setting.seeds)).filter(
      (run) => isAlike(sweep, run) && isSettled(run, now) && valueOfRun(run, sweep.goal) !== undefined,
    );
    if (alike.length === 0) return [];
    const machines = await this.machinesLikeThose(sweep);
    const there = alike.filter(({ machineId }) => machineId !== null && machines.has(machineId));
    if (there.length === 0) return [];
    const baseline = await this.baseline(sweep, setting.value);
    const taken = new Map<number, string>();
    for (const run of there) if (!taken.has(run.seed) && isProgram(sweep, baseline, run)) taken.set(run.seed, run.id);
    return [...taken].map(([seed, runId]) => ({ seed, runId }));
  }

  /**
   * Machines of the one kind that the sweep may run on; none where these are of several. A metric that is a time asks
   * for the same machine.
   */
  private async machinesLikeThose({ ownerId, target, needs, goal }: NewSweep): Promise<ReadonlySet<string>> {
    const kindOf = isTimed(goal.metric) ? ({ id }: MachineRecord) => id : kindOfMachine;
    const [open, all] = await Promise.all([this.targets.open(ownerId, target, needs ?? null), this.machines.list()]);
    const [kind, ...others] = new Set(open.map(kindOf));
    if (kind === undefined || others.length > 0) return new Set();
    return new Set(all.filter((machine) => kindOf(machine) === kind).map(({ id }) => id));
  }

  private async baseline(sweep: NewSweep, value: ParamValue): Promise<Baseline> {
    const { file, args, snapshotId, projectSettings: settings } = sweep;
    const params = { ...sweep.params, [sweep.knob]: value };
    const seed = 0;
    const { given } = await this.params.give({ file, params, settings, snapshotId, seed, seeded: true });
    const set = given?.set ?? [];
    const { knobs } = await this.knobs.compare(null, { file, params, args, snapshotId, seed, set });
    const seeded = !Object.hasOwn(params, SEED) && set.some(({ name }) => name === SEED);
    return { params, knobs: (of) => (seeded ? { ...knobs, [SEED]: of } : knobs) };
  }
}

/** By what a program computes with; a machine of which nothing is known is like no other. */
function kindOfMachine({ id, inventory }: MachineRecord): string {
  if (inventory === null) return id;
  const { platform, arch, cpuModel, gpus } = inventory;
  return JSON.stringify([platform, arch, cpuModel, gpus.map(({ name, memoryBytes }) => [name, memoryBytes])]);
}

/** In all that is not read from the program. A parameter that did not fit went another way than it seems. */
function isAlike(sweep: NewSweep, run: EarlierRun): boolean {
  return (
    isDeepStrictEqual(run.args, sweep.args) &&
    isDeepStrictEqual(run.env, {}) &&
    isDeepStrictEqual(run.needs ?? null, sweep.needs ?? null) &&
    isDeepStrictEqual(run.settings ?? DEFAULT_PROJECT_SETTINGS, sweep.projectSettings) &&
    (run.given?.warnings ?? []).length === 0
  );
}

/** A knob is compared by the value that it had, however that came about; what is none, as it was given. */
function isProgram({ file, projectSettings }: NewSweep, baseline: Baseline, run: EarlierRun): boolean {
  const knobs = baseline.knobs(run.seed);
  if (file !== null && !isDeepStrictEqual(run.knobs, knobs)) return false;
  // A template places a parameter itself, whether it is a knob or not.
  const read = projectSettings.command === null ? knobs : {};
  const names = new Set([...Object.keys(run.params), ...Object.keys(baseline.params)]);
  return [...names].every((name) => Object.hasOwn(read, name) || run.params[name] === baseline.params[name]);
}
