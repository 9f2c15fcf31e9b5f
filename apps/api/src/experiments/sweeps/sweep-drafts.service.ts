import {
  type CreateSweep,
  DEFAULT_PROJECT_SETTINGS,
  LIMITS,
  type ParamValue,
  type ProjectView,
  templateProblem,
} from '@mle/protocol';
import { Injectable } from '@nestjs/common';
import { badRequest } from '../../platform/http/problem.js';
import { FilesService } from '../../projects/files/files.service.js';
import { KnobsService } from '../../projects/knobs/knobs.service.js';
import { ProjectsService } from '../../projects/projects.service.js';
import { SnapshotsService } from '../../projects/snapshots/snapshots.service.js';
import { OwnedRuns } from '../../run-records/owned-runs.service.js';
import { TargetsService } from '../../runs/life/targets.service.js';
import type { NewSweep, SweepRecord } from './sweeps.repository.js';

/** Works out what a sweep will be that somebody asks for, and refuses what could not run. */
@Injectable()
export class SweepDrafts {
  constructor(
    private readonly projects: ProjectsService,
    private readonly files: FilesService,
    private readonly snapshots: SnapshotsService,
    private readonly knobs: KnobsService,
    private readonly targets: TargetsService,
    private readonly runs: OwnedRuns,
  ) {}

  /** @throws ProblemError 400, 403, 404, 409 */
  async ofRequest(ownerId: string, request: CreateSweep): Promise<NewSweep> {
    const { projectId, target, needs, goal, seeds, base = {} } = request;
    const project = await this.projects.getOwned(ownerId, projectId);
    const run = base.runId === undefined ? null : await this.runs.inProject(ownerId, projectId, base.runId);
    // The command that the project has is part of how the run went.
    const projectSettings = run ? (run.settings ?? DEFAULT_PROJECT_SETTINGS) : project.settings;
    const [[knob, { values: asked }] = ['', { values: [] }]] = Object.entries(request.space);
    const { [knob]: centre, ...params } = base.params ?? {};
    await this.targets.choose(ownerId, target, needs);
    const program = { id: projectId, settings: projectSettings, runId: run?.id };
    const inCode = request.file === undefined ? asked[0] : await this.inCode(ownerId, program, request.file, knob);
    const values = [...new Set([centre ?? inCode, ...asked])].filter((value) => value !== undefined);
    const settings = values.map((value) => ({ value, seeds }));
    checkSize(settings);
    const { id: snapshotId, bytes: snapshotBytes } = run
      ? { id: run.snapshotId, bytes: run.snapshotBytes }
      : await this.snapshots.snapshotOf(projectId, project.revision);
    return {
      ...{ ownerId, projectId, projectName: project.name, projectSettings, snapshotId, snapshotBytes },
      ...(run && { baseRun: { id: run.id, number: run.number } }),
      ...{ goal, knob, settings, seeds },
      file: request.file ?? null,
      command: request.command ?? null,
      parallel: request.parallel ?? null,
      target: target ?? null,
      needs: needs ?? null,
      timeoutSeconds: request.timeoutSeconds ?? null,
      params,
      args: base.args ?? [],
      limits: request.limits,
      note: request.note ?? '',
    };
  }

  /** The same sweep once more, with its snapshot or with the project's files as they are now. */
  async again(sweep: SweepRecord, files: 'snapshot' | 'current'): Promise<NewSweep> {
    const { ownerId, projectId, projectName, projectSettings, snapshotId, snapshotBytes, file, command } = sweep;
    const { goal, knob, settings, seeds, parallel, target, needs, timeoutSeconds, limits, params, args, baseRun } =
      sweep;
    const same: NewSweep = {
      ...{ ownerId, projectId, projectName, projectSettings, snapshotId, snapshotBytes, file, command, goal, knob },
      ...{ settings, seeds, parallel, target, needs, timeoutSeconds, limits, params, args, baseRun, note: '' },
    };
    if (files === 'snapshot') return same;
    const values = settings.map(({ value }) => value);
    return this.ofRequest(ownerId, {
      ...{ projectId, goal, seeds, limits, method: 'grid' },
      ...(file === null ? { command: command ?? '' } : { file }),
      space: { [knob]: { values } },
      ...(parallel !== null && { parallel }),
      ...(target !== null && { target }),
      ...(needs && { needs }),
      ...(timeoutSeconds !== null && { timeoutSeconds }),
      base: { params, args },
    });
  }

  /** What the others are judged against, unless the base says so. */
  private async inCode(
    ownerId: string,
    { id, settings, runId }: Pick<ProjectView, 'id' | 'settings'> & { runId: string | undefined },
    file: string,
    name: string,
  ): Promise<ParamValue> {
    if (runId === undefined) await this.files.find(id, file);
    const problem = settings.command === null ? null : templateProblem(settings.command, { [name]: '' });
    if (problem !== null) throw badRequest('sweep.command', problem);
    const knobs = await this.knobs.list(ownerId, id, file, runId);
    const knob = knobs.find((each) => each.name === name);
    if (knob === undefined) {
      const known = knobs.slice(0, MOST_NAMED).map((each) => each.name);
      const has = known.length === 0 ? 'It has none.' : `It has ${known.join(', ')}.`;
      throw badRequest('sweep.knob', `${file} has no knob ${name}. ${has}`);
    }
    return knob.value;
  }
}

const MOST_NAMED = 20;

/** @throws ProblemError 400 */
export function checkSize(settings: readonly { seeds: number }[]): void {
  const runs = settings.reduce((sum, { seeds }) => sum + seeds, 0);
  const most = LIMITS.sweepTrials;
  if (runs > most) throw badRequest('sweep.size', `These are ${runs} runs. A sweep has ${most} at most.`);
  if (settings.length > LIMITS.sweepValues)
    throw badRequest('sweep.size', `A sweep has ${LIMITS.sweepValues} values at most.`);
  if (settings.some(({ seeds }) => seeds > LIMITS.sweepSeeds))
    throw badRequest('sweep.size', `A value has ${LIMITS.sweepSeeds} seeds at most.`);
}
