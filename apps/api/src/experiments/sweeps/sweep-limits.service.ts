import { Injectable } from '@nestjs/common';
import { MoneyService } from '../../cloud/money/money.service.js';
import type { TrialRun } from '../../run-records/trials.repository.js';
import type { SweepRecord } from './sweeps.repository.js';

const MINUTE_MS = 60_000;

/** Ends a sweep that has taken what it may. */
@Injectable()
export class SweepLimitsService {
  constructor(private readonly money: MoneyService) {}

  /** Which limit a sweep that goes on has reached, in a sentence; null while it has reached none. */
  async reached(sweep: SweepRecord, runs: readonly TrialRun[]): Promise<string | null> {
    if (sweep.state !== 'smoke' && sweep.state !== 'running') return null;
    const { limits = {}, createdAt, resumedAt } = sweep;
    const now = Date.now();
    if (limits.minutes !== undefined && now - (resumedAt ?? createdAt).getTime() >= limits.minutes * MINUTE_MS)
      return `It reached its limit of ${limits.minutes} minutes.`;
    if (limits.dollars === undefined) return null;
    const cost = await this.money.ofTimes(timesOf(runs, now), createdAt);
    return cost < limits.dollars ? null : `It reached its limit of $${limits.dollars.toFixed(2)}.`;
  }
}

/** How long each machine was used; a retry counts too. */
function timesOf(runs: readonly TrialRun[], now: number): { machineId: string; ms: number }[] {
  return runs
    .flatMap(({ attempts }) => attempts)
    .flatMap(({ machineId, startedAt, finishedAt }) =>
      machineId === null || startedAt === null
        ? []
        : [{ machineId, ms: (finishedAt?.getTime() ?? now) - startedAt.getTime() }],
    );
}
