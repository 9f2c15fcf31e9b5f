import { randomUUID } from 'node:crypto';
import type {
  AttemptLeftovers,
  LeftoverChoice,
  LeftoverList,
  LeftoverReply,
  LeftoverRequest,
  LeftoverResult,
} from '@mle/protocol';
import { Injectable } from '@nestjs/common';
import { type MachineRecord, MachinesRepository } from '../../machines/machines.repository.js';
import { conflict, notFound, ProblemError } from '../../platform/http/problem.js';
import { EventsService } from '../../platform/signals/events.service.js';
import { OwnedRuns } from '../../run-records/owned-runs.service.js';
import { RunHooks } from '../../run-records/run-hooks.js';
import { RunsRepository } from '../../run-records/runs.repository.js';
import { ArtifactsRepository } from '../artifacts/artifacts.repository.js';
import { type LeftoversRecord, LeftoversRepository } from './leftovers.repository.js';

/** A large file may take longer to arrive than a request lasts: it goes on by itself. */
const ANSWER_MS = 45_000;
/** Longer than the upload of what fits into a run's quota should take. */
const KEEP_MS = 6 * 3_600_000;

type Action = LeftoverRequest['action'];

/** What a run left in its workspace: listed, and kept as artifacts or removed by its machine when a person says so. */
@Injectable()
export class LeftoversService {
  constructor(
    private readonly leftovers: LeftoversRepository,
    private readonly artifacts: ArtifactsRepository,
    private readonly owned: OwnedRuns,
    private readonly runs: RunsRepository,
    private readonly machines: MachinesRepository,
    private readonly events: EventsService,
    hooks: RunHooks,
  ) {
    hooks.onDelete.add((runIds) => this.leftovers.removeRuns(runIds));
  }

  /** Takes the list from the machine that has the attempt, or had it, once its program is over. */
  async take(machineId: string, list: AttemptLeftovers): Promise<boolean> {
    const run = await this.runs.get(list.runId);
    const attempt = run?.attempts[list.attempt - 1];
    if (!run || attempt?.machineId !== machineId) return false;
    await this.leftovers.save(machineId, list);
    this.events.publish('artifact.changed', { userId: run.ownerId }, { runId: run.id });
    return true;
  }

  async list(ownerId: string, runId: string, n: number | undefined): Promise<LeftoverList> {
    const { ref } = await this.owned.attempt(ownerId, runId, n);
    const found = await this.leftovers.get(ref);
    if (!found) return { items: [], truncated: false, available: false };
    const machine = await this.machines.get(found.machineId);
    const items = found.items.map(({ path, size, modifiedAt }) => ({
      path,
      size,
      modifiedAt: new Date(modifiedAt).toISOString(),
    }));
    return { items, truncated: found.truncated, available: machine?.online ?? false };
  }

  keep(ownerId: string, runId: string, n: number | undefined, choice: LeftoverChoice): Promise<LeftoverResult> {
    return this.act('keep', ownerId, runId, n, choice);
  }

  remove(ownerId: string, runId: string, n: number | undefined, choice: LeftoverChoice): Promise<LeftoverResult> {
    return this.act('remove', ownerId, runId, n, choice);
  }

  /** The machine's answer to a request, in the process that has its link. */
  async settle(requestId: string, { runId, attempt, action }: LeftoverRequest, reply: LeftoverReply): Promise<void> {
    const done = reply.items.filter(({ reason }) => reason === null).map(({ path }) => path);
    if (done.length > 0) await this.leftovers.forget({ runId, attempt }, done);
    const run = await this.runs.get(runId);
    if (run) this.events.publish('artifact.changed', { userId: run.ownerId }, { runId });
    this.events.emit('leftovers.settled', requestId, action, reply);
  }

  private async act(
    action: Action,
    ownerId: string,
    runId: string,
    n: number | undefined,
    { paths }: LeftoverChoice,
  ): Promise<LeftoverResult> {
    const { run, ref } = await this.owned.attempt(ownerId, runId, n);
    const found = await this.leftovers.get(ref);
    const known = new Map(found?.items.map((item) => [item.path, item]));
    const items = [...new Set(paths)].flatMap((path) => known.get(path) ?? []);
    if (!found || items.length === 0)
      throw notFound('leftover', 'The run left none of these files, or they were kept or removed before.');
    const machine = await this.reachable(found);
    const taken =
      action === 'keep'
        ? new Set(
            [
              ...(await this.artifacts.known(
                ref,
                items.map(({ path }) => path),
              )),
            ]
              .filter(([, { sha256 }]) => sha256 !== null)
              .map(([path]) => path),
          )
        : new Set<string>();
    const wanted = items.filter(({ path }) => !taken.has(path));
    if (action === 'keep') await this.leftovers.allowKeeping(ref, new Date(Date.now() + KEEP_MS));
    const request: LeftoverRequest = { ...ref, projectId: run.projectId, slot: found.slot, action, items: wanted };
    const reply = wanted.length === 0 ? { items: [] } : await this.ask(machine.id, request);
    const answers = new Map(reply?.items.map(({ path, reason }) => [path, reason]));
    return {
      items: items.map(({ path }) => {
        if (taken.has(path))
          return {
            path,
            result: 'failed' as const,
            reason: 'The run has an artifact of this name already. Rename one of them in your program.',
          };
        const reason = answers.get(path);
        if (reason === undefined) return { path, result: 'underway' as const, reason: null };
        return {
          path,
          result: reason !== null ? ('failed' as const) : action === 'keep' ? ('kept' as const) : ('removed' as const),
          reason,
        };
      }),
    };
  }

  /** Null while the machine is still at it. */
  private ask(machineId: string, request: LeftoverRequest): Promise<LeftoverReply | null> {
    const requestId = randomUUID();
    return new Promise((resolve) => {
      const done = (reply: LeftoverReply | null): void => {
        clearTimeout(timer);
        off();
        resolve(reply);
      };
      const timer = setTimeout(() => done(null), ANSWER_MS);
      const off = this.events.on('leftovers.settled', (id, _action, reply) => id === requestId && done(reply));
      this.events.emit('machine.leftovers', machineId, requestId, request);
    });
  }

  private async reachable({ machineId }: LeftoversRecord): Promise<MachineRecord> {
    const machine = await this.machines.get(machineId);
    if (!machine)
      throw new ProblemError(
        410,
        'leftovers.machine_gone',
        'The machine of this run was removed, and its files with it.',
      );
    if (!machine.online)
      throw conflict('leftovers.machine_offline', `${machine.name} is offline. Try again when it is back.`);
    return machine;
  }
}
