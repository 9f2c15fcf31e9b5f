import type { Clock } from '../../base/clock.js';
import type { Journal } from './journal.js';

/** What the units of a machine have around them. */
export interface UnitWorld {
  /** Before each path of the machine: empty where it has a file system of its own, else a folder. */
  readonly root: string;
  /** What every unit finds in its environment. */
  readonly environment: Readonly<Record<string, string>>;
  readonly clock: Clock;
  readonly journal: Journal;
  toConsole(text: string): void;
  /** Begins the end of the machine. */
  power(kind: PowerChange): void;
}

export type PowerChange = 'power-off' | 'reboot';

/** What `FailureAction=` and its like ask for; null for what does nothing here. */
export function powerChange(action: string | undefined): PowerChange | null {
  if (action === undefined) return null;
  if (/^(poweroff|halt|exit)/.test(action)) return 'power-off';
  return action.startsWith('reboot') ? 'reboot' : null;
}
