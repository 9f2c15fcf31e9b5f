import { DEFAULT_LOST_AFTER_SECONDS, ON_MACHINE_STATES } from '@mle/protocol';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { MachinesRepository } from '../../machines/machines.repository.js';
import { CONFIG, type Config } from '../../platform/config/config.js';
import { logger } from '../../platform/logging/logger.js';
import type { RunRecord } from '../../run-records/run-view.js';
import { RunsRepository } from '../../run-records/runs.repository.js';
import { Dispatcher } from '../dispatch/dispatcher.service.js';
import { OwnLines } from '../dispatch/own-lines.service.js';
import { PoolQueues } from '../dispatch/pool-queues.service.js';
import { AttemptEndings } from './attempt-endings.service.js';

const TICK_MS = 500;
/** A step of the clock or a stall of this process counts as no longer than this. */
const LONGEST_TICK_MS = 2 * TICK_MS;
const LINES_EVERY_MS = 3_000;

/**
 * Makes the world agree with the database: runs that wait have a delivery, whatever became of Redis, the dispatcher
 * looks at the lines, whoever forgot to wake it, and runs of machines that have been silent for too long are lost. Each
 * replica may do so: every change is conditional.
 */
@Injectable()
export class Reconciler implements OnApplicationBootstrap, OnModuleDestroy {
  /**
   * Silence of each machine as this process lived through it: none before its start, while it stood still, or while it
   * could note no heartbeat.
   */
  private readonly silence = new Map<string, { lastSeenAt: number; milliseconds: number }>();
  private readonly timers: NodeJS.Timeout[] = [];
  private lastTick = performance.now();
  private readonly busy = new Set<string>();

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly runs: RunsRepository,
    private readonly machines: MachinesRepository,
    private readonly endings: AttemptEndings,
    private readonly dispatcher: Dispatcher,
    private readonly ownLines: OwnLines,
    private readonly poolQueues: PoolQueues,
  ) {}

  onApplicationBootstrap(): void {
    this.timers.push(
      setInterval(() => void this.guarded('silence', () => this.loseSilent()), TICK_MS),
      setInterval(() => this.lookAtLines(), LINES_EVERY_MS),
    );
    this.lookAtLines();
  }

  onModuleDestroy(): void {
    this.timers.forEach((timer) => clearInterval(timer));
  }

  private lookAtLines(): void {
    void this.guarded('deliveries', () => this.ownLines.deliver());
    void this.guarded('pools', () => this.dispatcher.wake());
    this.poolQueues.refresh();
  }

  private async loseSilent(): Promise<void> {
    const elapsed = Math.min(performance.now() - this.lastTick, LONGEST_TICK_MS);
    this.lastTick = performance.now();
    const running = await this.runs.inStates(ON_MACHINE_STATES).catch((error: unknown) => {
      this.silence.clear();
      throw error;
    });
    if (running.length === 0) return this.silence.clear();
    const byMachine = new Map<string, RunRecord[]>();
    for (const run of running)
      if (run.machineId) byMachine.set(run.machineId, [...(byMachine.get(run.machineId) ?? []), run]);
    for (const [machineId, runs] of byMachine) await this.loseOf(machineId, runs, elapsed);
  }

  private async loseOf(machineId: string, runs: readonly RunRecord[], elapsed: number): Promise<void> {
    const machine = await this.machines.get(machineId);
    const lastSeenAt = machine?.lastSeenAt?.getTime() ?? 0;
    const known = this.silence.get(machineId);
    const milliseconds = known?.lastSeenAt === lastSeenAt ? known.milliseconds + elapsed : 0;
    this.silence.set(machineId, { lastSeenAt, milliseconds });
    const limit = machine?.lostAfterSeconds ?? this.config.lostAfterSeconds ?? DEFAULT_LOST_AFTER_SECONDS;
    if (milliseconds < limit * 1000) return;
    for (const run of runs) await this.endings.lose(run, `the machine was silent for ${limit} s`);
  }

  /** Each task by itself: one that waits for Redis must not keep the other from its work. */
  private async guarded(task: string, work: () => Promise<void>): Promise<void> {
    if (this.busy.has(task)) return;
    this.busy.add(task);
    try {
      await work();
    } catch (error) {
      logger.debug({ err: error }, 'the reconciler waits for its parts to be back');
    } finally {
      this.busy.delete(task);
    }
  }
}
