import { effect, inject, Injectable, untracked } from '@angular/core';
import { Router } from '@angular/router';
import type { RunView } from '@mle/protocol';
import { Clock } from '../core/clock';
import { duration } from '../core/format';
import { NotifyAfter } from '../core/notify-after';
import { isFlag, readStored, writeStored } from '../core/storage';
import { Toasts } from '../core/toasts';
import { runTime, runTitle } from '../runs/run-words';
import { RunsStore } from '../runs/runs-store';
import { EndedRuns } from './ended-runs';

/**
 * The question comes while the first long run is under way, or one that may become it: then one knows what it is about.
 */
const ASK_AFTER_MS = 30_000;
const QUESTION_MS = 20_000;

/**
 * Tells by a notification of the browser when a long run ends while one looks elsewhere. Asks for the permission once.
 */
@Injectable({ providedIn: 'root' })
export class RunNotifier {
  private readonly toasts = inject(Toasts);
  private readonly router = inject(Router);
  private readonly runs = inject(RunsStore);
  private readonly clock = inject(Clock);
  private readonly after = inject(NotifyAfter);
  private asked = readStored('notify.asked', isFlag, false);

  constructor() {
    if (!('Notification' in globalThis)) return;
    inject(EndedRuns).ended.subscribe((run) => this.tell(run));
    effect(() => {
      const now = this.clock.now();
      const least = Math.min(ASK_AFTER_MS, this.after.seconds() * 1000);
      const long = this.runs.active().find((run) => (runTime(run, now) ?? -1) >= least);
      if (long) untracked(() => this.ask(long));
    });
  }

  private ask(run: RunView): void {
    if (this.asked || Notification.permission !== 'default') return;
    this.asked = true;
    writeStored('notify.asked', true);
    const action = { label: 'Tell me', run: () => void Notification.requestPermission() };
    this.toasts.show(`Run ${run.number} takes a while. A notification can tell you when it ends.`, {
      icon: 'clock',
      action,
      ms: QUESTION_MS,
    });
  }

  private tell(run: RunView): void {
    const time = runTime(run, Date.now()) ?? 0;
    if (!document.hidden || time < this.after.seconds() * 1000 || Notification.permission !== 'granted') return;
    const notification = new Notification(`Run ${run.number} ${run.state.replace('_', ' ')}`, {
      body: `${runTitle(run)} after ${duration(time)}`,
      tag: run.id,
    });
    notification.onclick = () => {
      window.focus();
      void this.router.navigate(['/runs', run.id]);
      notification.close();
    };
  }
}
