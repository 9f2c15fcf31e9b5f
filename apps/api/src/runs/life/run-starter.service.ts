import { createHash } from 'node:crypto';
import {
  type CreateRun,
  DEFAULT_PROJECT_SETTINGS,
  type ProjectSettings,
  type Rerun,
  type RunView,
  templateProblem,
} from '@mle/protocol';
import { Injectable } from '@nestjs/common';
import { DeliveriesService } from '../../machines/queue/deliveries.service.js';
import { badRequest, ProblemError } from '../../platform/http/problem.js';
import { correlationId } from '../../platform/logging/correlation.js';
import { logger } from '../../platform/logging/logger.js';
import { EventsService } from '../../platform/signals/events.service.js';
import { FilesService } from '../../projects/files/files.service.js';
import { ProjectsService } from '../../projects/projects.service.js';
import { SnapshotsService } from '../../projects/snapshots/snapshots.service.js';
import type { RunRecord } from '../../run-records/run-view.js';
import { type NewRun, RunsRepository } from '../../run-records/runs.repository.js';
import { RunAnnouncer } from '../waiting/run-announcer.service.js';
import { WaitingService } from '../waiting/waiting.service.js';
import { TargetsService } from './targets.service.js';

/** A key under which a request may be repeated, and what was asked for under it. */
interface Repeatable {
  idempotencyKey: string;
  requestHash: string;
}
/** What is asked for; the rest of a new run is stamped when it is stored. */
type Wanted = Omit<NewRun, 'correlationId' | 'idempotencyKey' | 'requestHash'>;

/** Makes runs and sends them on their way. */
@Injectable()
export class RunStarter {
  constructor(
    private readonly runs: RunsRepository,
    private readonly targets: TargetsService,
    private readonly projects: ProjectsService,
    private readonly files: FilesService,
    private readonly snapshots: SnapshotsService,
    private readonly deliveries: DeliveriesService,
    private readonly waiting: WaitingService,
    private readonly announcer: RunAnnouncer,
    private readonly events: EventsService,
  ) {}

  /** Repeated with the same key it answers the run that the first request made. */
  create(ownerId: string, request: CreateRun, idempotencyKey: string | null): Promise<RunView> {
    return this.once(ownerId, idempotencyKey, request, () => this.wanted(ownerId, request));
  }

  /** The same request once more, with its snapshot or with the project's files as they are now. */
  rerun(run: RunRecord, request: Rerun, idempotencyKey: string | null): Promise<RunView> {
    return this.once(run.ownerId, idempotencyKey, { rerun: run.id, ...request }, () => this.wantedAgain(run, request));
  }

  private async wanted(ownerId: string, request: CreateRun): Promise<Wanted> {
    const project = await this.projects.getOwned(ownerId, request.projectId);
    checkTemplate(request, project.settings);
    const [target, snapshot, number] = await Promise.all([
      this.targets.choose(request.target, request.needs),
      this.snapshots.snapshotOf(project.id),
      this.projects.nextRunNumber(project.id),
      request.file === undefined ? null : this.files.get(ownerId, project.id, request.file),
    ]);
    return {
      ...target,
      number,
      ownerId,
      projectId: project.id,
      projectName: project.name,
      file: request.file ?? null,
      command: request.command ?? null,
      args: request.args ?? [],
      params: request.params ?? {},
      settings: project.settings,
      env: request.env ?? {},
      needs: request.needs ?? null,
      priority: request.priority ?? 0,
      timeoutSeconds: request.timeoutSeconds ?? null,
      retry: request.retry ?? null,
      clean: request.clean ?? false,
      snapshotId: snapshot.id,
      snapshotBytes: snapshot.bytes,
      tags: request.tags ?? [],
      note: request.note ?? '',
      seed: request.seed ?? 0,
    };
  }

  private async wantedAgain(run: RunRecord, { files }: Rerun): Promise<Wanted> {
    const { targetMachineId, targetPoolId } = run;
    const asked = targetPoolId
      ? { poolId: targetPoolId }
      : targetMachineId
        ? { machineId: targetMachineId }
        : undefined;
    const [target, snapshot, number] = await Promise.all([
      this.targets.choose(asked, run.needs),
      files === 'snapshot'
        ? { id: run.snapshotId, bytes: run.snapshotBytes }
        : this.snapshots.snapshotOf(run.projectId),
      this.projects.nextRunNumber(run.projectId),
      files === 'snapshot' || run.file === null ? null : this.files.get(run.ownerId, run.projectId, run.file),
    ]);
    const {
      ownerId,
      projectId,
      projectName,
      file,
      command,
      args,
      params,
      settings = DEFAULT_PROJECT_SETTINGS,
      env,
      needs,
      priority,
      timeoutSeconds,
      retry,
      clean,
      tags,
      note,
      seed,
    } = run;
    return {
      ...target,
      number,
      ownerId,
      projectId,
      projectName,
      file,
      command,
      args,
      params,
      settings,
      env,
      needs,
      priority,
      timeoutSeconds,
      retry,
      clean,
      tags,
      note,
      seed,
      snapshotId: snapshot.id,
      snapshotBytes: snapshot.bytes,
    };
  }

  /**
   * Stores the run and delivers it. A crash in between loses nothing: the reconciler delivers what is stored, and the
   * number of a request that failed is a gap.
   */
  private async once(
    ownerId: string,
    idempotencyKey: string | null,
    request: unknown,
    wanted: () => Promise<Wanted>,
  ): Promise<RunView> {
    const key =
      idempotencyKey === null
        ? null
        : { idempotencyKey, requestHash: createHash('sha256').update(JSON.stringify(request)).digest('hex') };
    const earlier = key && (await this.repeated(ownerId, key));
    if (earlier) return earlier;
    const values = await wanted();
    const run = await this.runs.create({ ...values, correlationId: correlationId(), ...key });
    // The same key came twice at once, and the other request was first; the run may even be deleted by now.
    if (!run)
      return (key && (await this.repeated(ownerId, key))) ?? this.once(ownerId, idempotencyKey, request, wanted);
    const delivered = this.deliveries
      .deliver(run)
      .catch((error: unknown) =>
        logger.warn({ err: error, runId: run.id }, 'Redis did not take the delivery; it is repeated from the database'),
      );
    this.announcer.linesOfRunMoved(run);
    const [view] = await Promise.all([this.waiting.view(run), delivered]);
    this.events.publish('run.changed', { userId: ownerId }, view);
    return view;
  }

  private async repeated(ownerId: string, { idempotencyKey, requestHash }: Repeatable): Promise<RunView | null> {
    const run = await this.runs.byIdempotencyKey(ownerId, idempotencyKey);
    if (!run) return null;
    if (run.requestHash !== requestHash)
      throw new ProblemError(
        422,
        'idempotency.reused',
        'This Idempotency-Key came with another request before. Use a new key for a new run.',
      );
    return this.waiting.view(run);
  }
}

/** A run that names a parameter which it does not have would end before it begins: it is refused here. */
function checkTemplate({ file, params = {} }: CreateRun, { command }: ProjectSettings): void {
  const problem = file === undefined || command === null ? null : templateProblem(command, params);
  if (problem !== null) throw badRequest('run.command', problem, [{ path: 'params', message: problem }]);
}
