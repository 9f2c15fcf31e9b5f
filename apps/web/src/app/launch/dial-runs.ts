import { effect, inject, Injectable, untracked } from '@angular/core';
import type { RunView } from '@mle/protocol';
import { isActive } from '../core/protocol-values';
import { Dial } from '../editor/dial-host';
import { RunsStore } from '../runs/runs-store';
import { Launcher } from './launcher';

/** Runs the file at each rest of the hand that turns a number in it, and ends the run of the rest before. */
@Injectable({ providedIn: 'root' })
export class DialRuns {
  private readonly launcher = inject(Launcher);
  private readonly runs = inject(RunsStore);
  private last: RunView | null = null;
  private busy = false;
  private again = false;

  constructor() {
    const { rests } = inject(Dial);
    effect(() => {
      if (rests() > 0) untracked(() => void this.run());
    });
  }

  /** Rests that come while one is being started are one. */
  private async run(): Promise<void> {
    if (this.busy) {
      this.again = true;
      return;
    }
    this.busy = true;
    const before = this.last && this.runs.get(this.last.id);
    const ended = before && isActive(before.state) ? this.launcher.stop(before) : Promise.resolve();
    const target = this.launcher.target();
    if (target) {
      await this.launcher.go(target, 'dial');
      this.last = this.launcher.launched();
    }
    await ended;
    this.busy = false;
    if (!this.again) return;
    this.again = false;
    await this.run();
  }
}
