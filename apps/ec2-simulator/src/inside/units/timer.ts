import { closeSync, existsSync, mkdirSync, openSync, statSync, utimesSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type CalendarEvent, nextElapse, readCalendarEvent } from './calendar.js';
import { isYes } from './service-settings.js';
import { readTimeSpan } from './time-span.js';
import type { UnitFile } from './unit-file.js';
import type { UnitWorld } from './unit-world.js';

/** When the unit of a timer was last started, and last ended. */
export interface UnitTimes {
  activeAt: number | null;
  inactiveAt: number | null;
}

/** A timer: starts its unit at the moments that its file says, on the clock of the simulation. */
export class Timer {
  private activatedAt: number | null = null;
  private triggeredAt: number | null = null;
  private cancel: (() => void) | null = null;
  private next: number | null = null;

  constructor(
    private file: UnitFile,
    private readonly world: UnitWorld,
    private readonly bootedAt: number,
    private readonly times: () => UnitTimes,
    private readonly trigger: () => void,
  ) {}

  get isActive(): boolean {
    return this.activatedAt !== null;
  }

  /** When it starts its unit next; null: never again. */
  get nextAt(): number | null {
    return this.next;
  }

  /** The unit that it starts. */
  get unit(): string {
    return this.file.last('Timer', 'Unit') ?? this.file.name.replace(/\.timer$/, '.service');
  }

  start(): void {
    if (this.isActive) return;
    this.activatedAt = this.world.clock.now();
    if (this.isPersistent) this.triggeredAt = this.readStamp();
    this.arm();
  }

  stop(): void {
    this.cancel?.();
    this.cancel = null;
    this.activatedAt = null;
    this.next = null;
  }

  /** Takes the files of the unit as they are now. */
  reload(file: UnitFile): void {
    this.file = file;
    if (this.isActive) this.arm();
  }

  /** Its unit became active, or ended: the spans that count from that begin. */
  unitChanged(): void {
    if (this.isActive) this.arm();
  }

  private arm(): void {
    this.cancel?.();
    this.cancel = null;
    const moments = [...this.calendarMoments(), ...this.spanMoments()];
    this.next = moments.length === 0 ? null : Math.min(...moments);
    if (this.next === null) return;
    this.cancel = this.world.clock.after(this.next - this.world.clock.now(), () => this.elapse());
  }

  private elapse(): void {
    this.triggeredAt = this.world.clock.now();
    if (this.isPersistent) this.writeStamp(this.triggeredAt);
    this.trigger();
    this.arm();
  }

  /** A calendar event counts from the last time that it was met, so what was missed in between is made up for. */
  private calendarMoments(): number[] {
    const base = this.triggeredAt ?? this.activatedAt ?? this.world.clock.now();
    return this.events().flatMap((event) => nextElapse(event, base) ?? []);
  }

  private events(): CalendarEvent[] {
    return this.file.all('Timer', 'OnCalendar').flatMap((text) => {
      const event = readCalendarEvent(text);
      if (event === null) this.world.journal.note(this.file.name, `OnCalendar=${text} is not understood.`);
      return event ?? [];
    });
  }

  private spanMoments(): number[] {
    const { activeAt, inactiveAt } = this.times();
    const now = this.world.clock.now();
    const from = (key: string, begin: number | null): number[] =>
      this.file.all('Timer', key).flatMap((text) => {
        const span = readTimeSpan(text);
        if (span === null) this.world.journal.note(this.file.name, `${key}=${text} is not understood.`);
        return begin === null || span === null || span === Infinity ? [] : [begin + span];
      });
    const once = [
      ...from('OnActiveSec', this.activatedAt),
      ...from('OnBootSec', this.bootedAt),
      ...from('OnStartupSec', this.bootedAt),
    ];
    const repeated = [...from('OnUnitActiveSec', activeAt), ...from('OnUnitInactiveSec', inactiveAt)];
    // What counts from a fixed moment is met once; when that is past already, at the start of the timer.
    const due = once
      .map((moment) => Math.max(moment, this.activatedAt ?? now))
      .filter((moment) => moment > (this.triggeredAt ?? -Infinity));
    return [...due, ...repeated.filter((moment) => moment > now)];
  }

  private get isPersistent(): boolean {
    return isYes(this.file.last('Timer', 'Persistent'));
  }

  private get stampPath(): string {
    return join(this.world.root, '/var/lib/systemd/timers', `stamp-${this.file.name}`);
  }

  /** A timer that never ran counts from its first start. */
  private readStamp(): number {
    if (existsSync(this.stampPath)) return statSync(this.stampPath).mtimeMs;
    const now = this.world.clock.now();
    this.writeStamp(now);
    return now;
  }

  private writeStamp(time: number): void {
    mkdirSync(dirname(this.stampPath), { recursive: true });
    closeSync(openSync(this.stampPath, 'a'));
    utimesSync(this.stampPath, time / 1000, time / 1000);
  }
}
