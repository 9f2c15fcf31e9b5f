import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { UsersService } from '../../accounts/users/users.service.js';
import { MachinesRepository } from '../../machines/machines.repository.js';
import { DeliveriesService } from '../../machines/queue/deliveries.service.js';
import { logger } from '../../platform/logging/logger.js';
import { EventsService } from '../../platform/signals/events.service.js';
import { type PlacedRun, type PoolRun, RunLinesRepository } from '../../run-records/run-lines.repository.js';
import type { RunRecord } from '../../run-records/run-view.js';
import { RunsRepository } from '../../run-records/runs.repository.js';
import { RunAnnouncer } from '../waiting/run-announcer.service.js';
import { misplaced, Room } from './room.js';

/** Slots that the head of a machine's own line can claim at most. */
const MOST_SLOTS = 64;
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * Gives the waiting runs of pools to machines. Every replica does so whenever something moves, on what it reads from
 * the database; each assignment is one conditional update of the run, and the unique seat keeps two replicas
 * from filling one slot twice (docs/adr/0007).
 */
@Injectable()
export class Dispatcher implements OnModuleInit, OnModuleDestroy {
  private current: Promise<void> = Promise.resolve();
  private next: Promise<void> | null = null;
  private timer?: NodeJS.Timeout;
  private ended = false;

  constructor(
    private readonly runs: RunsRepository,
    private readonly lines: RunLinesRepository,
    private readonly machines: MachinesRepository,
    private readonly users: UsersService,
    private readonly deliveries: DeliveriesService,
    private readonly announcer: RunAnnouncer,
    private readonly events: EventsService,
  ) {}

  onModuleInit(): void {
    for (const event of ['machine.settings', 'machine.presence', 'pool.settings'] as const)
      this.events.on(event, () => void this.wake());
  }

  onModuleDestroy(): void {
    this.ended = true;
    clearTimeout(this.timer);
  }

  /** Looks at all lines, after whatever look is under way; calls that come together share one. Never rejects. */
  wake(): Promise<void> {
    this.next ??= this.current.then(() => {
      this.next = null;
      this.current = this.dispatch().catch((error: unknown) =>
        logger.debug({ err: error }, 'the dispatcher waits for its parts to be back'),
      );
      return this.current;
    });
    return this.next;
  }

  private async dispatch(): Promise<void> {
    if (this.ended || !(await this.lines.anyOfPools())) return;
    const [machines, placed, administrators] = await Promise.all([
      this.machines.list(),
      this.lines.placed(),
      this.users.administratorIds(),
    ]);
    const back: PlacedRun[] = [];
    for (const run of misplaced(machines, placed)) if (await this.giveBack(run)) back.push(run);
    const room = new Room(
      machines,
      placed.filter((run) => !back.includes(run)),
      new Set(administrators),
    );
    if (room.isFull) return;
    room.expect(await this.lines.headsOfMachines(room.machineIds, MOST_SLOTS));
    let due: Date | null = null;
    for await (const run of this.lines.waitingForPools(room.poolIds)) {
      if (run.notBefore && run.notBefore > new Date()) {
        if (!due || run.notBefore < due) due = run.notBefore;
      } else {
        await this.place(run, room);
      }
      if (room.isFull) break;
    }
    if (due) this.wakeAt(due);
  }

  /**
   * Gives the run a seat where there is one for it; a run that no free machine satisfies does not stop those behind it.
   */
  private async place(run: PoolRun, room: Room): Promise<void> {
    for (let choice = room.choose(run); choice; choice = room.choose(run)) {
      const { machine, seat, gpus } = choice;
      const outcome = await this.runs.assign(
        { runId: run.id, attempt: run.attempt },
        { machineId: machine.id, machineName: machine.name, seat, gpus },
      );
      if (outcome === null) return;
      room.take(choice);
      if (outcome === 'taken') continue;
      await this.deliver(outcome);
      this.announcer.announce(outcome);
      this.announcer.lineMoved({ poolId: run.targetPoolId ?? '' });
      return;
    }
  }

  /** `assigned → queued`, unless the machine has claimed it by now. */
  private async giveBack({ id, attempt, machineId, targetPoolId }: PlacedRun): Promise<boolean> {
    const ref = { runId: id, attempt };
    const run = machineId && (await this.runs.transition(ref, ['assigned'], ['queued'], { machineId }));
    if (!run) return false;
    await this.deliveries.withdraw(machineId, ref).catch(() => undefined);
    this.announcer.announce(run);
    this.announcer.lineMoved({ poolId: targetPoolId ?? '' });
    return true;
  }

  private async deliver(run: RunRecord): Promise<void> {
    await this.deliveries
      .deliver(run)
      .catch((error: unknown) =>
        logger.warn({ err: error, runId: run.id }, 'Redis did not take the delivery; it is repeated from the database'),
      );
  }

  private wakeAt(due: Date): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(
      () => void this.wake(),
      Math.min(Math.max(due.getTime() - Date.now(), 0), LONGEST_TIMER_MS),
    );
  }
}
