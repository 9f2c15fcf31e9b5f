import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { MachinesRepository } from '../../machines/machines.repository.js';
import { MachinesService } from '../../machines/machines.service.js';
import { logger } from '../../platform/logging/logger.js';
import { EventsService } from '../../platform/signals/events.service.js';
import { type Line, RunLinesRepository } from '../../run-records/run-lines.repository.js';
import type { RunRecord } from '../../run-records/run-view.js';
import { WaitingService } from './waiting.service.js';

/** A line is announced at most once in this time. */
const LINE_MS = 1_000;
/** Those further behind see their place when they come nearer, or when they ask. */
const ANNOUNCED_OF_LINE = 100;

/** Tells browsers how runs are, and those that wait when their line moves. */
@Injectable()
export class RunAnnouncer implements OnModuleInit, OnModuleDestroy {
  private readonly soon = new Map<string, NodeJS.Timeout>();
  /** What was said last of each run in the lines, so that it is not said twice. */
  private readonly said = new Map<string, Map<string, string>>();

  constructor(
    private readonly waiting: WaitingService,
    private readonly lines: RunLinesRepository,
    private readonly machines: MachinesService,
    private readonly machineRecords: MachinesRepository,
    private readonly events: EventsService,
  ) {}

  onModuleInit(): void {
    for (const event of ['machine.settings', 'machine.presence'] as const)
      this.events.on(event, (machineId) => this.machineMoved(machineId));
    this.events.on('pool.settings', (poolId) => this.lineMoved({ poolId }));
  }

  onModuleDestroy(): void {
    this.soon.forEach((timer) => clearTimeout(timer));
  }

  /** Tells the owner's browsers how the run is now, and every browser how its machine is. */
  announce(run: RunRecord): void {
    const tell = async (): Promise<void> => {
      this.events.publish('run.changed', { userId: run.ownerId }, await this.waiting.view(run));
      if (run.machineId && run.state !== 'queued') this.machines.announceSoon(run.machineId);
    };
    tell().catch((error: unknown) => logger.debug({ err: error, runId: run.id }, 'a change was not announced'));
  }

  /** The run is in a line or has left one: those behind it have other places. */
  linesOfRunMoved(run: Pick<RunRecord, 'machineId' | 'targetPoolId'>): void {
    if (run.targetPoolId) this.lineMoved({ poolId: run.targetPoolId });
    if (run.machineId) this.lineMoved({ machineId: run.machineId });
  }

  lineMoved(line: Line): void {
    const key = keyOf(line);
    if (this.soon.has(key)) return;
    const timer = setTimeout(() => {
      this.soon.delete(key);
      this.tellLine(line).catch((error: unknown) => logger.debug({ err: error, line }, 'a line was not announced'));
    }, LINE_MS);
    this.soon.set(key, timer.unref());
  }

  private machineMoved(machineId: string): void {
    this.lineMoved({ machineId });
    this.machineRecords.get(machineId).then(
      (machine) => machine?.poolIds.forEach((poolId) => this.lineMoved({ poolId })),
      (error: unknown) => logger.debug({ err: error, machineId }, 'the lines of a machine were not announced'),
    );
  }

  private async tellLine(line: Line): Promise<void> {
    const key = keyOf(line);
    const before = this.said.get(key);
    const said = new Map<string, string>();
    for (const view of await this.waiting.views(await this.lines.headOf(line, ANNOUNCED_OF_LINE))) {
      const now = `${view.state} ${view.place ?? ''} ${view.waitReason ?? ''}`;
      said.set(view.id, now);
      if (before?.get(view.id) !== now) this.events.publish('run.changed', { userId: view.ownerId }, view);
    }
    if (said.size === 0) this.said.delete(key);
    else this.said.set(key, said);
  }
}

const keyOf = (line: Line): string => ('poolId' in line ? `pool ${line.poolId}` : `machine ${line.machineId}`);
