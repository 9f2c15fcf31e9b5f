import { computed, Injectable, signal } from '@angular/core';

const RETRY_MS = [500, 1000, 2000, 4000, 5000];

/** How long the try after `failed` others in a row waits. */
export const retryAfter = (failed: number): number => RETRY_MS[Math.min(failed, RETRY_MS.length - 1)] ?? 5000;

/** Whether the server answers. The banner shows it; work that needs the server waits for it. */
@Injectable({ providedIn: 'root' })
export class ServerState {
  /** When the server fell silent, or null while it answers. */
  readonly offlineSince = signal<Date | null>(null);
  /** When it is tried next, or null when a try is under way. */
  readonly nextTry = signal<Date | null>(null);
  /** Why nothing can be asked of the server, or null: for what needs it. */
  readonly refusal = computed(() => (this.offlineSince() ? 'The server does not answer' : null));
  private wake: (() => void) | null = null;

  lost(nextTry: Date | null = null): void {
    if (!this.offlineSince()) this.offlineSince.set(new Date());
    this.nextTry.set(nextTry);
  }

  reached(): void {
    this.offlineSince.set(null);
    this.nextTry.set(null);
  }

  tryNow(): void {
    this.wake?.();
  }

  /** Runs `ask` until the server was reached. */
  async whenReached<T>(ask: () => Promise<T>): Promise<T> {
    for (let attempt = 0; ; attempt++) {
      try {
        const answer = await ask();
        this.reached();
        return answer;
      } catch {
        const wait = retryAfter(attempt);
        this.lost(new Date(Date.now() + wait));
        await this.pause(wait);
      }
    }
  }

  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.nextTry.set(null);
        resolve();
      };
      const timer = setTimeout(done, ms);
      this.wake = done;
    });
  }
}
