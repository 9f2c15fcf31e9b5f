import { Injectable, signal } from '@angular/core';
import { isNumber, readStored, writeStored } from './storage';

/** The shortest run, in seconds, whose end can be worth a notification. */
export const NOTIFY_CHOICES: readonly { seconds: number; label: string }[] = [
  { seconds: 0, label: 'any length' },
  { seconds: 60, label: '1 minute or longer' },
  { seconds: 600, label: '10 minutes or longer' },
  { seconds: 3600, label: '1 hour or longer' },
];
const DEFAULT_SECONDS = 60;
const KEY = 'notify.after';

/** How long a run has to take for a notification of its end; kept in this browser, as the permission is. */
@Injectable({ providedIn: 'root' })
export class NotifyAfter {
  readonly seconds = signal(readStored(KEY, isChoice, DEFAULT_SECONDS));

  choose(seconds: number): void {
    this.seconds.set(seconds);
    writeStored(KEY, seconds);
  }
}

function isChoice(value: unknown): value is number {
  return isNumber(value) && NOTIFY_CHOICES.some(({ seconds }) => seconds === value);
}
