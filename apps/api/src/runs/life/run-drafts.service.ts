import {
  type CreateRun,
  DEFAULT_PROJECT_SETTINGS,
  type ProjectSettings,
  type Rerun,
  type Target,
  templateProblem,
} from '@mle/protocol';
import { Injectable } from '@nestjs/common';
import { badRequest } from '../../platform/http/problem.js';
import { FilesService } from '../../projects/files/files.service.js';
import { ProjectsService } from '../../projects/projects.service.js';
import { type Snapshot, SnapshotsService } from '../../projects/snapshots/snapshots.service.js';
import type { RunRecord } from '../../run-records/run-view.js';
import type { NewRun } from '../../run-records/runs.repository.js';
import { ParamsGiver } from './params-giver.service.js';
import { type ChosenTarget, TargetsService } from './targets.service.js';

/** A run that is to be made; the rest is stamped when it is stored. */
export type RunDraft = Omit<NewRun, 'correlationId' | 'idempotencyKey' | 'requestHash'>;

type SentSnapshot = Pick<Snapshot, 'id' | 'bytes'>;

/** What follows from the owner, the project and the machines. */
type Given = ChosenTarget &
  Pick<RunDraft, 'ownerId' | 'projectId' | 'projectName' | 'number' | 'settings' | 'snapshotId' | 'snapshotBytes'>;
/** What a request may say. */
export type Asked = Omit<RunDraft, keyof Given | 'given'>;

/** What a snapshot belongs to, and where it shall run. */
interface KeptProject {
  ownerId: string;
  projectId: string;
  projectName: string;
  settings: ProjectSettings;
  target: Target | undefined;
}

const UNASKED: Asked = {
  file: null,
  command: null,
  args: [],
  params: {},
  env: {},
  needs: null,
  priority: 0,
  timeoutSeconds: null,
  retry: null,
  clean: false,
  tags: [],
  note: '',
  seed: 0,
  seeded: false,
};
const ASKED = Object.keys(UNASKED) as (keyof Asked)[];

/** Works out what a run will be that somebody asks for, and refuses what could not run. */
@Injectable()
export class RunDrafts {
  constructor(
    private readonly targets: TargetsService,
    private readonly projects: ProjectsService,
    private readonly files: FilesService,
    private readonly snapshots: SnapshotsService,
    private readonly params: ParamsGiver,
  ) {}

  async ofRequest(ownerId: string, { projectId, target, ...asked }: CreateRun): Promise<RunDraft> {
    const { name: projectName, settings, revision } = await this.projects.getOwned(ownerId, projectId);
    checkTemplate(asked, settings);
    if (asked.file !== undefined) await this.files.find(projectId, asked.file);
    const snapshot = this.snapshots.snapshotOf(projectId, revision);
    const given = await this.given(projectId, this.targets.choose(ownerId, target, asked.needs), snapshot);
    const seeded = asked.seed !== undefined;
    return this.params.give({ ...UNASKED, ...asked, seeded, ...given, ownerId, projectName, settings });
  }

  /** The same as the run, with its snapshot or with the project's files as they are now. */
  async again(run: RunRecord, { files, seed }: Rerun): Promise<RunDraft> {
    const { projectId, file, settings = DEFAULT_PROJECT_SETTINGS } = run;
    const current = files === 'current';
    if (current && file !== null) await this.files.find(projectId, file);
    const snapshot = current ? this.snapshots.snapshotOf(projectId) : { id: run.snapshotId, bytes: run.snapshotBytes };
    // Tags and note tell of the run that they were given to.
    const asked = { ...pick(run, ASKED), ...(seed !== undefined && { seed, seeded: true }), tags: [], note: '' };
    return this.ofSnapshot({ ...run, settings, target: targetOf(run) }, snapshot, asked);
  }

  /** With files that were kept, whatever the project has today. */
  async ofSnapshot(
    { ownerId, projectId, projectName, settings, target }: KeptProject,
    snapshot: Promise<SentSnapshot> | SentSnapshot,
    asked: Partial<Asked>,
  ): Promise<RunDraft> {
    const given = await this.given(projectId, this.targets.choose(ownerId, target, asked.needs), snapshot);
    return this.params.give({ ...UNASKED, ...asked, ...given, ownerId, projectName, settings });
  }

  /** All that has to be looked up, at once. */
  private async given(
    projectId: string,
    target: Promise<ChosenTarget>,
    snapshot: Promise<SentSnapshot> | SentSnapshot,
  ): Promise<ChosenTarget & Pick<RunDraft, 'projectId' | 'snapshotId' | 'snapshotBytes' | 'number'>> {
    const number = this.projects.nextRunNumber(projectId);
    const [chosen, { id, bytes }, n] = await Promise.all([target, snapshot, number]);
    return { ...chosen, projectId, snapshotId: id, snapshotBytes: bytes, number: n };
  }
}

function targetOf({ targetPoolId, targetMachineId }: RunRecord): Target | undefined {
  if (targetPoolId) return { poolId: targetPoolId };
  return targetMachineId ? { machineId: targetMachineId } : undefined;
}

function pick<T, K extends keyof T>(from: T, keys: readonly K[]): Pick<T, K> {
  return Object.fromEntries(keys.map((key) => [key, from[key]])) as Pick<T, K>;
}

/** A run that names a parameter which it does not have would end before it begins: it is refused here. */
function checkTemplate({ file, params = {} }: Pick<CreateRun, 'file' | 'params'>, { command }: ProjectSettings): void {
  const problem = file === undefined || command === null ? null : templateProblem(command, params);
  if (problem !== null) throw badRequest('run.command', problem, [{ path: 'params', message: problem }]);
}
