import { createHash } from 'node:crypto';
import {
  type CreateSweep,
  type ExtendSweep,
  isTerminal,
  LIMITS,
  type Page,
  type RerunSweep,
  type SweepQuery,
  type SweepState,
  type SweepView,
  type UpdateSweep,
} from '@mle/protocol';
import { Injectable } from '@nestjs/common';
import { badRequest, conflict, notFound, ProblemError } from '../../platform/http/problem.js';
import { EventsService } from '../../platform/signals/events.service.js';
import { RunsRepository } from '../../run-records/runs.repository.js';
import { TrialsRepository } from '../../run-records/trials.repository.js';
import { RunRemover } from '../../runs/life/run-remover.service.js';
import { BaselineRuns } from './baseline-runs.service.js';
import { extended } from './extended-settings.js';
import { checkSize, SweepDrafts } from './sweep-drafts.service.js';
import { SweepKeeper } from './sweep-keeper.service.js';
import { SweepLimitsService } from './sweep-limits.service.js';
import { sweepView } from './sweep-view.js';
import { type NewSweep, type SweepChange, type SweepRecord, SweepsRepository } from './sweeps.repository.js';

const GOING: readonly SweepState[] = ['smoke', 'running'];

/** Sweeps as their owners ask for them. */
@Injectable()
export class SweepsService {
  constructor(
    private readonly sweeps: SweepsRepository,
    private readonly drafts: SweepDrafts,
    private readonly baselines: BaselineRuns,
    private readonly keeper: SweepKeeper,
    private readonly limits: SweepLimitsService,
    private readonly trials: TrialsRepository,
    private readonly runs: RunsRepository,
    private readonly remover: RunRemover,
    private readonly events: EventsService,
  ) {}

  /** Repeated with the same key it answers the sweep that the first request made. */
  create(ownerId: string, request: CreateSweep, idempotencyKey: string | null): Promise<SweepView> {
    return this.once(ownerId, idempotencyKey, request, async () => {
      const draft = await this.drafts.ofRequest(ownerId, request);
      return { ...draft, ...(await this.taking(draft)) };
    });
  }

  /** Nothing is taken from earlier runs: all of it shall run again. */
  async rerun(ownerId: string, id: string, { files }: RerunSweep, idempotencyKey: string | null): Promise<SweepView> {
    const sweep = await this.owned(ownerId, id);
    return this.once(ownerId, idempotencyKey, { rerun: id, files }, () => this.drafts.again(sweep, files));
  }

  async list(ownerId: string, query: SweepQuery): Promise<Page<SweepView>> {
    const { items, nextCursor } = await this.sweeps.list(ownerId, query);
    return { items: await Promise.all(items.map((sweep) => this.view(sweep))), nextCursor };
  }

  async get(ownerId: string, id: string): Promise<SweepView> {
    return this.view(await this.owned(ownerId, id));
  }

  async change(ownerId: string, id: string, change: UpdateSweep): Promise<SweepView> {
    return this.turned(ownerId, id, () => change);
  }

  /** One that is over stays as it is. */
  async stop(ownerId: string, id: string): Promise<SweepView> {
    return this.turned(ownerId, id, ({ state }) =>
      GOING.includes(state) || state === 'paused'
        ? { state: 'stopped', reason: 'Stopped by the user.', finishedAt: new Date() }
        : {},
    );
  }

  /** Runs that have begun go on; no more are started. */
  async pause(ownerId: string, id: string): Promise<SweepView> {
    return this.turned(ownerId, id, ({ state, number }) => {
      if (!GOING.includes(state) && state !== 'paused')
        throw conflict('sweep.over', `Sweep ${number} is ${state}: there is nothing to pause.`);
      return { state: 'paused', reason: 'Paused by the user.' };
    });
  }

  async resume(ownerId: string, id: string): Promise<SweepView> {
    return this.turned(ownerId, id, (sweep) => {
      if (sweep.state === 'done')
        throw conflict('sweep.done', `Sweep ${sweep.number} is done. Add values or seeds, or run it again.`);
      return GOING.includes(sweep.state) ? {} : resumed(sweep);
    });
  }

  /** Adds values or seeds, and goes on whatever the state. */
  async extend(ownerId: string, id: string, request: ExtendSweep): Promise<SweepView> {
    return this.turned(ownerId, id, async (sweep) => {
      const settings = extended(sweep, request);
      if (settings === null) throw badRequest('sweep.nothing_new', 'The sweep has these values already.');
      checkSize(settings);
      const taking = await this.taking({ ...sweep, settings }, sweep.settings[0]?.seeds);
      return { ...(GOING.includes(sweep.state) ? {} : resumed(sweep)), settings, ...taking };
    });
  }

  /** Removes it with its runs. @throws ProblemError 409 while one of them goes on */
  async remove(ownerId: string, id: string): Promise<void> {
    const sweep = await this.owned(ownerId, id);
    const runs = await this.trials.of(id);
    if (sweep.open || sweep.state === 'paused' || runs.some(({ state }) => !isTerminal(state)))
      throw conflict('sweep.active', `Sweep ${sweep.number} is ${sweep.state}. Stop it before you delete it.`);
    for (const { id: runId } of runs) {
      const run = await this.runs.get(runId);
      if (run) await this.remover.remove(run);
    }
    await this.sweeps.remove(id);
    this.events.publish('sweep.deleted', { userId: ownerId }, { id, projectId: sweep.projectId });
  }

  private async owned(ownerId: string, id: string): Promise<SweepRecord> {
    const sweep = await this.sweeps.owned(ownerId, id);
    if (!sweep) throw notFound('sweep');
    return sweep;
  }

  private async view(sweep: SweepRecord): Promise<SweepView> {
    const runs = await this.trials.counting(sweep);
    return sweepView(sweep, runs, await this.limits.used(sweep, runs));
  }

  /** Earlier runs in the places of the first value, from this seed on. */
  private async taking(sweep: NewSweep, from = 0): Promise<Pick<NewSweep, 'taken'>> {
    const found = await this.baselines.find(sweep, from);
    return found.length === 0 ? {} : { taken: [...(sweep.taken ?? []), ...found] };
  }

  /** Changes it from the state in which it was seen; where it is in another by then, what follows is found anew. */
  private async turned(
    ownerId: string,
    id: string,
    changeOf: (sweep: SweepRecord) => SweepChange | Promise<SweepChange>,
  ): Promise<SweepView> {
    for (;;) {
      const sweep = await this.owned(ownerId, id);
      const change = await changeOf(sweep);
      if (change.open === true && !sweep.open) await this.checkRoom(ownerId);
      if (Object.keys(change).length === 0) return this.view(sweep);
      const changed = await this.sweeps.change(sweep, [sweep.state], change);
      if (changed === null) continue;
      this.events.publish('sweep.changed', { userId: ownerId }, await this.view(changed));
      await this.keeper.look(id);
      return this.get(ownerId, id);
    }
  }

  private async once(
    ownerId: string,
    idempotencyKey: string | null,
    request: unknown,
    draft: () => Promise<NewSweep>,
  ): Promise<SweepView> {
    const requestHash = createHash('sha256').update(JSON.stringify(request)).digest('hex');
    const key = idempotencyKey === null ? null : { idempotencyKey, requestHash };
    const earlier = key && (await this.sweeps.byIdempotencyKey(ownerId, key.idempotencyKey));
    if (earlier) return this.repeated(earlier, requestHash);
    await this.checkRoom(ownerId);
    const sweep = await this.sweeps.create({ ...(await draft()), ...key });
    // The same key came twice at once, and the other request was first.
    if (!sweep) return this.once(ownerId, idempotencyKey, request, draft);
    await this.keeper.look(sweep.id);
    return this.get(ownerId, sweep.id);
  }

  private async checkRoom(ownerId: string): Promise<void> {
    if ((await this.sweeps.countOpen(ownerId)) < LIMITS.openSweeps) return;
    throw conflict(
      'sweep.many',
      `${LIMITS.openSweeps} sweeps go on already, which is the most. Wait for one to end, pause it, or stop it.`,
    );
  }

  private repeated(sweep: SweepRecord, requestHash: string): Promise<SweepView> {
    if (sweep.requestHash !== requestHash)
      throw new ProblemError(
        422,
        'idempotency.reused',
        'This Idempotency-Key came with another request before. Use a new key for a new sweep.',
      );
    return this.view(sweep);
  }
}

/** What was stopped or lost is made again, and after a failure what failed too. */
function resumed({ state, round, failuresFrom }: SweepRecord): SweepChange {
  const next = round + 1;
  return {
    // Which it leaves at once where the first run has printed the metric.
    state: 'smoke',
    open: true,
    reason: null,
    finishedAt: null,
    resumedAt: new Date(),
    round: next,
    failuresFrom: state === 'failed' ? next : failuresFrom,
  };
}
