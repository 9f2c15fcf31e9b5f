import { ON_MACHINE_STATES } from '@mle/protocol';
import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { isOutage, ProblemError } from '../../platform/http/problem.js';
import { logger } from '../../platform/logging/logger.js';
import { EventsService } from '../../platform/signals/events.service.js';
import { ProjectRemover } from '../../projects/project-remover.service.js';
import { type TrialRun, TrialsRepository } from '../../run-records/trials.repository.js';
import { SweepLimitsService } from './sweep-limits.service.js';
import { activeOf, isSettled, repeatedFailure, smokeVerdict, toStart } from './sweep-plan.js';
import { sweepView } from './sweep-view.js';
import { type SweepRecord, SweepsRepository } from './sweeps.repository.js';
import { Trials } from './trials.service.js';

const LOOK_EVERY_MS = 1_000;
const SWEEP_STOPPED = 'its sweep was stopped';
const SWEEP_PAUSED = 'its sweep was paused';

/**
 * Brings each sweep on its way: what to do next follows from the sweep and its runs as they are stored, and may be done
 * twice, so that a process that dies in between loses nothing and each replica may look after all of them.
 */
@Injectable()
export class SweepKeeper implements OnModuleInit, OnApplicationBootstrap, OnModuleDestroy {
  private timer: NodeJS.Timeout | undefined;
  private working: Promise<void> | null = null;
  private again = false;
  private ended = false;
  /** One look at a sweep at a time. */
  private readonly looks = new Map<string, Promise<void>>();
  /** What browsers were told last of each open sweep. */
  private readonly told = new Map<string, string>();

  constructor(
    private readonly sweeps: SweepsRepository,
    private readonly records: TrialsRepository,
    private readonly trials: Trials,
    private readonly limits: SweepLimitsService,
    private readonly events: EventsService,
    private readonly projects: ProjectRemover,
  ) {}

  onModuleInit(): void {
    this.events.on('attempt.ended', () => this.wake());
    this.projects.add(async (projectId) => {
      await this.sweeps.removeOfProject(projectId);
      return false;
    });
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => this.wake(), LOOK_EVERY_MS);
  }

  async onModuleDestroy(): Promise<void> {
    this.ended = true;
    clearInterval(this.timer);
    await this.working;
    await Promise.all(this.looks.values());
  }

  /** Looks at the sweep now, after a look that is under way. */
  async look(id: string): Promise<void> {
    const before = this.looks.get(id) ?? Promise.resolve();
    const look = before
      .then(() => this.bringOn(id))
      .catch((error: unknown) => {
        if (this.ended || isOutage(error)) logger.debug({ err: error, sweepId: id }, 'a sweep waits for the database');
        else logger.error({ err: error, sweepId: id }, 'a sweep was not brought on; it is tried again');
      });
    this.looks.set(id, look);
    await look;
    if (this.looks.get(id) === look) this.looks.delete(id);
  }

  private wake(): void {
    this.again = true;
    this.working ??= this.work().finally(() => (this.working = null));
  }

  private async work(): Promise<void> {
    while (this.again && !this.ended) {
      this.again = false;
      const ids = await this.sweeps.openIds().catch((error: unknown) => {
        logger.debug({ err: error }, 'sweeps wait for the database');
        return [];
      });
      for (const id of ids) if (!this.ended) await this.look(id);
    }
  }

  private async bringOn(id: string): Promise<void> {
    let sweep = await this.sweeps.get(id);
    while (sweep?.open) {
      const runs = await this.records.counting(sweep);
      const next = await this.step(sweep, runs);
      await this.tell(next ?? sweep, next ? runs : await this.records.counting(sweep));
      if (next === null) return;
      sweep = next;
    }
  }

  /** Does what can be done at this moment; answers the sweep where it is in another state now, for the next step. */
  private async step(sweep: SweepRecord, runs: readonly TrialRun[]): Promise<SweepRecord | null> {
    const reason = await this.limits.reached(sweep, runs);
    if (reason !== null)
      return this.sweeps.change(sweep, ['smoke', 'running'], { state: 'stopped', reason, finishedAt: new Date() });
    if (sweep.state === 'smoke') return this.smoke(sweep, runs);
    if (sweep.state === 'running') return this.run(sweep, runs);
    if (sweep.state === 'paused') return this.pause(sweep, runs);
    return this.end(sweep, runs);
  }

  private async smoke(sweep: SweepRecord, runs: readonly TrialRun[]): Promise<SweepRecord | null> {
    const smoke = smokeVerdict(sweep, runs, Date.now());
    if (smoke.verdict === 'go') return this.sweeps.change(sweep, ['smoke'], { state: 'running' });
    if (smoke.verdict === 'wait') return activeOf(runs).length > 0 ? null : this.startSome(sweep, runs, 1);
    const { verdict: state, reason } = smoke;
    return this.sweeps.change(sweep, ['smoke'], { state, reason, finishedAt: new Date() });
  }

  private async run(sweep: SweepRecord, runs: readonly TrialRun[]): Promise<SweepRecord | null> {
    const line = repeatedFailure(sweep, runs);
    if (line !== null) {
      const reason = `Three runs in a row ended with: ${line}`;
      return this.sweeps.change(sweep, ['running'], { state: 'failed', reason, finishedAt: new Date() });
    }
    const active = activeOf(runs).length;
    if (active === 0 && toStart(sweep, runs).length === 0) {
      if (!runs.every((run) => isSettled(run, Date.now()))) return null;
      return this.sweeps.change(sweep, ['running'], { state: 'done', open: false, finishedAt: new Date() });
    }
    return this.startSome(sweep, runs, (sweep.parallel ?? Infinity) - active);
  }

  /** At most so many, and no more than there are free slots: what waits in a line could not make room for others. */
  private async startSome(sweep: SweepRecord, runs: readonly TrialRun[], most: number): Promise<SweepRecord | null> {
    const wanted = toStart(sweep, runs);
    if (wanted.length === 0 || most <= 0) return null;
    const free = await this.trials.freePlaces(sweep);
    for (const [at, place] of wanted.slice(0, Math.min(most, free.length)).entries()) {
      try {
        await this.trials.start(sweep, place, free[at]);
      } catch (error) {
        if (!(error instanceof ProblemError) || isOutage(error)) throw error;
        const change = { state: 'paused', reason: error.detail } as const;
        return this.sweeps.change(sweep, ['smoke', 'running'], change);
      }
    }
    return null;
  }

  /** Runs that have begun go on; once the last has ended there is nothing to look at any more. */
  private async pause(sweep: SweepRecord, runs: readonly TrialRun[]): Promise<SweepRecord | null> {
    const active = activeOf(runs);
    if (active.length === 0) return this.sweeps.change(sweep, ['paused'], { open: false });
    await this.trials.stop(
      active.filter(({ state }) => !ON_MACHINE_STATES.includes(state)),
      SWEEP_PAUSED,
    );
    return null;
  }

  private async end(sweep: SweepRecord, runs: readonly TrialRun[]): Promise<SweepRecord | null> {
    const active = activeOf(runs);
    await this.trials.stop(active, SWEEP_STOPPED);
    return active.length > 0 ? null : this.sweeps.change(sweep, [sweep.state], { open: false });
  }

  private async tell(sweep: SweepRecord, runs: readonly TrialRun[]): Promise<void> {
    const view = sweepView(sweep, runs, await this.limits.used(sweep, runs));
    const text = JSON.stringify(view);
    if (this.told.get(sweep.id) !== text) this.events.publish('sweep.changed', { userId: sweep.ownerId }, view);
    if (sweep.open) this.told.set(sweep.id, text);
    else this.told.delete(sweep.id);
  }
}
