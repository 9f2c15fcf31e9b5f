import type { SweepView } from '@mle/protocol';
import { Injectable } from '@nestjs/common';
import { MoneyService } from '../../cloud/money/money.service.js';
import type { TrialRun } from '../../run-records/trials.repository.js';
import type { SweepRecord } from './sweeps.repository.js';

const MINUTE_MS = 60_000;
const CENTS = 100;

/** Ends a sweep that has taken what it may. */
@Injectable()
export class SweepLimitsService {
  constructor(private readonly money: MoneyService) {}

  /** Which limit a sweep that goes on has reached, in a sentence; null while it has reached none. */
  async reached(sweep: SweepRecord, runs: readonly TrialRun[]): Promise<string | null> {
    if (sweep.state !== 'smoke' && sweep.state !== 'running') return null;
    const { minutes, dollars } = sweep.limits ?? {};
    const now = Date.now();
    if (minutes !== undefined && now - began(sweep) >= minutes * MINUTE_MS)
      return `It reached its limit of ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}.`;
    if (dollars === undefined || (await this.cost(sweep, runs, now)) < dollars) return null;
    return `It reached its limit of $${dollars.toFixed(2)}.`;
  }

  /** Rounded downward: none is shown as reached before it is. */
  async used(sweep: SweepRecord, runs: readonly TrialRun[]): Promise<SweepView['used']> {
    const { state, finishedAt, limits = {} } = sweep;
    const now = Date.now();
    const minutes =
      limits.minutes === undefined || state === 'paused'
        ? null
        : Math.floor(((finishedAt?.getTime() ?? now) - began(sweep)) / MINUTE_MS);
    const dollars =
      limits.dollars === undefined ? null : Math.floor((await this.cost(sweep, runs, now)) * CENTS) / CENTS;
    return { minutes, dollars };
  }

  private cost(sweep: SweepRecord, runs: readonly TrialRun[], now: number): Promise<number> {
    return this.money.ofTimes(timesOf(runs, now), sweep.createdAt);
  }
}

const began = ({ resumedAt, createdAt }: SweepRecord): number => (resumedAt ?? createdAt).getTime();

/** How long each machine was used; a retry counts too. */
function timesOf(runs: readonly TrialRun[], now: number): { machineId: string; ms: number }[] {
  return runs
    .flatMap(({ attempts, taken }) => (taken ? [] : attempts))
    .flatMap(({ machineId, startedAt, finishedAt }) =>
      machineId === null || startedAt === null
        ? []
        : [{ machineId, ms: (finishedAt?.getTime() ?? now) - startedAt.getTime() }],
    );
}
