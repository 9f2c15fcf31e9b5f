import { Injectable, signal } from '@angular/core';

/** The present second for durations that grow on the page: one timer for all of them. */
@Injectable({ providedIn: 'root' })
export class Clock {
  readonly now = signal(Date.now());

  constructor() {
    setInterval(() => {
      if (!document.hidden) this.now.set(Date.now());
    }, 1000);
    document.addEventListener('visibilitychange', () => this.now.set(Date.now()));
  }
}
