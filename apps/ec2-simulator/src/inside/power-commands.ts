import type { Clock } from '../base/clock.js';
import type { StandInAnswer } from '../channel/messages.js';
import type { PowerChange } from './units/unit-world.js';

/** `shutdown`, `poweroff`, `reboot` and `halt`. */
export class PowerCommands {
  private cancel: (() => void) | null = null;

  constructor(
    private readonly clock: Clock,
    private readonly power: (kind: PowerChange) => void,
  ) {}

  run(program: string, args: readonly string[]): StandInAnswer {
    if (program !== 'shutdown') {
      this.power(program === 'reboot' ? 'reboot' : 'power-off');
      return { code: 0, stdout: '', stderr: '' };
    }
    const options = args.filter((arg) => /^-\w+$/.test(arg)).join('');
    if (options.includes('c') || args.includes('--cancel')) {
      this.cancel?.();
      this.cancel = null;
      return { code: 0, stdout: '', stderr: '' };
    }
    const kind = options.includes('r') || args.includes('--reboot') ? 'reboot' : 'power-off';
    const delay = this.delayOf(args.find((arg) => !arg.startsWith('-')) ?? '+1');
    if (delay === null) return { code: 1, stdout: '', stderr: 'Failed to parse time specification.\n' };
    this.cancel?.();
    this.cancel = this.clock.after(delay, () => this.power(kind));
    const time = new Date(this.clock.now() + delay).toISOString();
    return { code: 0, stdout: '', stderr: `Shutdown scheduled for ${time}, use 'shutdown -c' to cancel.\n` };
  }

  /** Milliseconds until `now`, `+MINUTES`, or the next HH:MM. */
  private delayOf(text: string): number | null {
    if (text === 'now') return 0;
    const minutes = /^\+?(\d{1,6})$/.exec(text);
    if (minutes !== null) return Number(minutes[1]) * 60_000;
    const time = /^(\d{1,2}):(\d\d)$/.exec(text);
    if (time === null) return null;
    const at = this.clock.date();
    at.setHours(Number(time[1]), Number(time[2]), 0, 0);
    const delay = at.getTime() - this.clock.now();
    return delay > 0 ? delay : delay + 86_400_000;
  }
}
