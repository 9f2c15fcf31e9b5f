import { setTimeout as delay } from 'node:timers/promises';
import type { Quarry } from './process-hunt.js';
import { findProcesses, signalProcess } from './process-hunt.js';

/** For processes that the main process left behind. */
const STRAGGLER_GRACE_MS = 500;
const POLL_MS = 30;

type Reached = 'SIGINT' | 'SIGTERM' | 'SIGKILL';

/**
 * SIGINT to the group as Ctrl-C does, then SIGTERM, then SIGKILL. Those that left the group get SIGTERM as soon as
 * the main process is gone, or with the group.
 */
export class Escalation {
  reached: Reached;
  private readonly termed = new Set<number>();
  private timer: NodeJS.Timeout | undefined;
  private readonly termAt: number;
  private readonly killAt: number;

  constructor(
    private readonly quarry: Quarry,
    times: { graceMs: number; termMs: number },
  ) {
    this.termAt = performance.now() + times.graceMs;
    this.killAt = this.termAt + times.termMs;
    this.reached = 'SIGINT';
    if (times.graceMs > 0 && quarry.group !== null) signalProcess(-quarry.group, 'SIGINT');
    this.timer = setTimeout(() => this.term(), times.graceMs);
  }

  /** For a main process that ended by itself. */
  static ofStragglers(quarry: Quarry): Escalation {
    return new Escalation(quarry, { graceMs: 0, termMs: STRAGGLER_GRACE_MS });
  }

  killNow(): void {
    this.reached = 'SIGKILL';
    clearTimeout(this.timer);
    if (this.quarry.group !== null) signalProcess(-this.quarry.group, 'SIGKILL');
    for (const { pid } of findProcesses(this.quarry)) signalProcess(pid, 'SIGKILL');
  }

  cancel(): void {
    clearTimeout(this.timer);
  }

  /** After the main process: sees to the rest until none is left. */
  async untilGone(): Promise<void> {
    const strangersKillAt = performance.now() + STRAGGLER_GRACE_MS;
    for (;;) {
      const found = findProcesses(this.quarry);
      if (found.length === 0) return;
      const now = performance.now();
      for (const { pid, group } of found) {
        const member = group === this.quarry.group;
        if (this.reached === 'SIGKILL' || now >= (member ? this.killAt : strangersKillAt))
          signalProcess(pid, 'SIGKILL');
        else if (now >= (member ? this.termAt : 0)) this.termOnce(pid);
      }
      await delay(POLL_MS);
    }
  }

  private term(): void {
    if (this.reached === 'SIGINT') this.reached = 'SIGTERM';
    for (const { pid } of findProcesses(this.quarry)) this.termOnce(pid);
    this.timer = setTimeout(() => this.killNow(), Math.max(0, this.killAt - performance.now()));
  }

  private termOnce(pid: number): void {
    if (this.termed.has(pid)) return;
    this.termed.add(pid);
    signalProcess(pid, 'SIGTERM');
  }
}
