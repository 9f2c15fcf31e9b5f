import type { RunState } from '@mle/protocol';
import { Injectable } from '@nestjs/common';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** From a run that starts at once to one that waits for the night's work of others. */
const WAIT_BUCKETS = [0.05, 0.1, 0.5, 1, 5, 30, 60, 300, 900, 3600, 14_400, 86_400];

/**
 * What this process counts for Prometheus, with what Node tells of itself (event loop, memory, processor). Numbers
 * only: nobody's names.
 */
@Injectable()
export class Meters {
  readonly registry = new Registry();
  readonly runs = new Gauge({
    name: 'mle_runs',
    help: 'Runs that are not over, by state; the same at every replica.',
    labelNames: ['state'],
    registers: [this.registry],
  });
  readonly machines = new Gauge({
    name: 'mle_machines',
    help: 'Machines by state; the same at every replica.',
    labelNames: ['state'],
    registers: [this.registry],
  });
  private readonly waiting = new Histogram({
    name: 'mle_attempt_wait_seconds',
    help: 'Time that attempts waited until a machine took them, by this replica.',
    buckets: WAIT_BUCKETS,
    registers: [this.registry],
  });
  private readonly ended = new Counter({
    name: 'mle_attempts_ended_total',
    help: 'Attempts that ended, by state and this replica.',
    labelNames: ['state'],
    registers: [this.registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  attemptTaken(waitedMs: number): void {
    this.waiting.observe(Math.max(0, waitedMs) / 1000);
  }

  attemptEnded(state: RunState): void {
    this.ended.inc({ state });
  }
}
