import { createHash } from 'node:crypto';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DEFAULT_PROJECT_SETTINGS, isTerminal, ON_MACHINE_STATES, templateProblem, type CreateRun, type Page, type ProjectSettings, type RunQuery, type RunView, type UpdateRun } from '@mle/protocol';
import { EventsService } from '../events/events.service.js';
import { FilesService } from '../files/files.service.js';
import { badRequest, conflict, notFound, ProblemError } from '../http/problem.js';
import { correlationId } from '../logging/correlation.js';
import { logger } from '../logging/logger.js';
import { MetricsService } from '../metrics/metrics.service.js';
import { OutputService } from '../output/output.service.js';
import { ProjectsService } from '../projects/projects.service.js';
import { DeliveriesService } from '../queue/deliveries.service.js';
import { SnapshotsService } from '../snapshots/snapshots.service.js';
import { RunLifecycle } from './run-lifecycle.service.js';
import type { RunRecord } from './run-view.js';
import { RunsRepository, type NewRun } from './runs.repository.js';
import { TargetsService } from './targets.service.js';
import { WaitingService } from './waiting.service.js';

const STOPPED_BY_USER = 'stopped by the user';

/** Runs as their owners ask for them. */
@Injectable()
export class RunsService implements OnModuleInit {
  constructor(
    private readonly runs: RunsRepository,
    private readonly lifecycle: RunLifecycle,
    private readonly waiting: WaitingService,
    private readonly targets: TargetsService,
    private readonly projects: ProjectsService,
    private readonly files: FilesService,
    private readonly snapshots: SnapshotsService,
    private readonly deliveries: DeliveriesService,
    private readonly output: OutputService,
    private readonly metrics: MetricsService,
    private readonly events: EventsService,
  ) {}

  onModuleInit(): void {
    this.projects.onDelete((projectId) => this.removeOfProject(projectId));
  }

  /** Repeated with the same key it answers the run that the first request made. */
  async create(ownerId: string, request: CreateRun, idempotencyKey: string | null): Promise<RunView> {
    const requestHash = createHash('sha256').update(JSON.stringify(request)).digest('hex');
    if (idempotencyKey) {
      const earlier = await this.repeated(ownerId, idempotencyKey, requestHash);
      if (earlier) return earlier;
    }
    const project = await this.projects.getOwned(ownerId, request.projectId);
    checkTemplate(request, project.settings);
    const [machine, snapshot] = await Promise.all([
      this.targets.choose(request.target, request.needs),
      this.snapshots.snapshotOf(project.id),
      request.file === undefined ? null : this.files.get(ownerId, project.id, request.file),
    ]);
    const run = await this.runs.create({
      ownerId,
      projectId: project.id,
      projectName: project.name,
      number: await this.projects.nextRunNumber(project.id),
      file: request.file ?? null,
      command: request.command ?? null,
      args: request.args ?? [],
      params: request.params ?? {},
      settings: project.settings,
      env: request.env ?? {},
      targetMachineId: machine.id,
      targetPoolId: null,
      needs: request.needs ?? null,
      priority: request.priority ?? 0,
      timeoutSeconds: request.timeoutSeconds ?? null,
      retry: request.retry ?? null,
      clean: request.clean ?? false,
      machineId: machine.id,
      snapshotId: snapshot.id,
      snapshotBytes: snapshot.bytes,
      tags: request.tags ?? [],
      note: request.note ?? '',
      seed: request.seed ?? 0,
      correlationId: correlationId(),
      ...(idempotencyKey && { idempotencyKey, requestHash }),
    });
    if (!run) return (await this.repeated(ownerId, idempotencyKey ?? '', requestHash)) ?? this.create(ownerId, request, idempotencyKey);
    await this.deliver(run);
    const view = await this.waiting.view(run);
    this.events.publish('run.changed', { userId: ownerId }, view);
    return view;
  }

  async list(ownerId: string, query: RunQuery): Promise<Page<RunView>> {
    const { items, nextCursor } = await this.runs.list(ownerId, query);
    return { items: await this.waiting.views(items), nextCursor };
  }

  async get(ownerId: string, id: string): Promise<RunView> {
    return this.waiting.view(await this.owned(ownerId, id));
  }

  async change(ownerId: string, id: string, change: UpdateRun): Promise<RunView> {
    const run = await this.runs.change(ownerId, id, change);
    if (!run) throw notFound('run');
    const view = await this.waiting.view(run);
    this.events.publish('run.changed', { userId: ownerId }, view);
    return view;
  }

  /** Removes an ended run with its output. */
  async remove(ownerId: string, id: string): Promise<void> {
    const run = await this.owned(ownerId, id);
    if (!isTerminal(run.state)) throw conflict('run.active', `Run ${run.number} is ${run.state}. Stop it before you delete it.`);
    await this.removeOutput(id);
    await this.runs.remove(ownerId, id);
    this.events.publish('run.deleted', { userId: ownerId }, { id, projectId: run.projectId });
  }

  /** Asks for the end of a run, as Ctrl-C would. A run that waits ends at once; one that is over stays as it is. */
  async stop(ownerId: string, id: string): Promise<RunView> {
    return this.waiting.view(await this.stopRun(await this.owned(ownerId, id), STOPPED_BY_USER));
  }

  /** The same request once more, with the same snapshot. */
  async rerun(ownerId: string, id: string): Promise<RunView> {
    const values = repeatable(await this.owned(ownerId, id));
    const machine = await this.targets.choose(values.targetMachineId ? { machineId: values.targetMachineId } : undefined, values.needs ?? undefined);
    const run = await this.runs.create({ ...values, machineId: machine.id, number: await this.projects.nextRunNumber(values.projectId), correlationId: correlationId() });
    if (!run) throw new Error('a run without an idempotency key was refused as a repetition');
    await this.deliver(run);
    const view = await this.waiting.view(run);
    this.events.publish('run.changed', { userId: ownerId }, view);
    return view;
  }

  async owned(ownerId: string, id: string): Promise<RunRecord> {
    const run = await this.runs.getOwned(ownerId, id);
    if (!run) throw notFound('run');
    return run;
  }

  private async stopRun(run: RunRecord, reason: string): Promise<RunRecord> {
    const ref = { runId: run.id, attempt: run.attempt };
    const waiting = await this.runs.transition(ref, ['queued', 'assigned'], ['stopped'], { change: { reason }, stopReason: reason });
    if (waiting) {
      if (run.machineId) await this.deliveries.withdraw(run.machineId, ref).catch(() => undefined);
      this.events.signal('attempt.ended', ref);
      this.lifecycle.announce(waiting);
      return waiting;
    }
    const stopping = await this.runs.transition(ref, ['preparing', 'running'], ['stopping'], { stopReason: reason });
    const now = stopping ?? (await this.runs.get(run.id));
    if (!now) throw notFound('run');
    // Asked again, the machine is told again: a stop must not be lost with a connection.
    if (now.state === 'stopping' && now.machineId) this.events.signal('machine.stop', now.machineId, { ...ref, reason });
    if (stopping) this.lifecycle.announce(stopping);
    return now;
  }

  private async repeated(ownerId: string, key: string, requestHash: string): Promise<RunView | null> {
    const run = await this.runs.byIdempotencyKey(ownerId, key);
    if (!run) return null;
    if (run.requestHash !== requestHash) throw new ProblemError(422, 'idempotency.reused', 'This Idempotency-Key came with another request before. Use a new key for a new run.');
    return this.waiting.view(run);
  }

  private async deliver(run: RunRecord): Promise<void> {
    if (!run.machineId) return;
    const delivery = { runId: run.id, attempt: run.attempt, ...(run.correlationId && { correlationId: run.correlationId }) };
    try {
      await this.deliveries.deliver(run.machineId, delivery, run.priority);
    } catch (error) {
      logger.warn({ err: error, runId: run.id }, 'Redis did not take the delivery; it is repeated from the database');
    }
  }

  private async removeOutput(runId: string): Promise<void> {
    await this.metrics.removeRun(runId);
    await this.output.removeRun(runId);
  }

  private async removeOfProject(projectId: string): Promise<void> {
    const runs = await this.runs.ofProject(projectId);
    for (const run of runs) {
      if (!isTerminal(run.state)) await this.stopRun(run, 'its project was deleted');
      await this.removeOutput(run.id);
      if (ON_MACHINE_STATES.includes(run.state) && run.machineId) this.events.signal('machine.stop', run.machineId, { runId: run.id, attempt: run.attempt, reason: 'its project was deleted' });
    }
    await this.runs.removeOfProject(projectId);
    for (const run of runs) {
      if (isTerminal(run.state)) continue;
      // Its machine may have written until this moment.
      this.events.signal('attempt.ended', { runId: run.id, attempt: run.attempt });
      await this.removeOutput(run.id);
    }
    for (const run of runs) this.events.publish('run.deleted', { userId: run.ownerId }, { id: run.id, projectId });
  }
}

/** A run that names a parameter which it does not have would end before it begins: it is refused here. */
function checkTemplate({ file, params = {} }: CreateRun, { command }: ProjectSettings): void {
  const problem = file === undefined || command === null ? null : templateProblem(command, params);
  if (problem !== null) throw badRequest('run.command', problem, [{ path: 'params', message: problem }]);
}

/** What a rerun takes over: all that was asked for. */
function repeatable(run: RunRecord): Omit<NewRun, 'number' | 'machineId' | 'correlationId'> {
  const { ownerId, projectId, projectName, file, command, args, params, settings = DEFAULT_PROJECT_SETTINGS, env, targetMachineId, targetPoolId, needs } = run;
  const { priority, timeoutSeconds, retry, clean, snapshotId, snapshotBytes, tags, note, seed } = run;
  return {
    ...{ ownerId, projectId, projectName, file, command, args, params, settings, env, targetMachineId, targetPoolId, needs },
    ...{ priority, timeoutSeconds, retry, clean, snapshotId, snapshotBytes, tags, note, seed },
  };
}
