import { Injectable, signal } from '@angular/core';
import type { DialHost } from './dial-row';

/** A hand that moves on within this time has not rested. */
const REST_MS = 120;

/** Turning numbers in the editor: what it does beyond the text is up to who listens. */
@Injectable({ providedIn: 'root' })
export class Dial implements DialHost {
  /** Whether each rest of the hand runs the file. */
  readonly running = signal(false);
  /** The number that the caret is in, by its name. */
  readonly atCaret = signal<string | null>(null);
  /** Rises with each rest of the hand while that is so. */
  readonly rests = signal(0);
  /** Vary is wanted for the number that the caret is in; whoever opens it takes this back. */
  readonly varyWanted = signal(false);
  private timer: ReturnType<typeof setTimeout> | undefined;

  turned(): void {
    clearTimeout(this.timer);
    if (this.running()) this.timer = setTimeout(() => this.rests.update((count) => count + 1), REST_MS);
  }

  vary(): void {
    this.varyWanted.set(true);
  }

  runsWhileTurning(): boolean {
    return this.running();
  }

  setRunsWhileTurning(on: boolean): void {
    this.running.set(on);
  }
}
