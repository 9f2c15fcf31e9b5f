import { ChangeDetectionStrategy, Component, computed, inject, signal } from '@angular/core';
import { shownValue } from '@mle/protocol/shown-change';
import { plural, roughly } from '../core/format';
import { ServerState } from '../core/server-state';
import { nameOf } from '../files/file-tree';
import { InstancesStore } from '../instances/instances-store';
import { Launcher } from '../launch/launcher';
import { MachinesStore } from '../machines/machines-store';
import { PoolsStore } from '../pools/pools-store';
import { Icon } from '../ui/icon';
import { LoadFailure } from '../ui/load-failure';
import { limitWords } from './sweep-words';
import { VaryStore } from './vary-store';
import { offerWords, sorted, typedValue } from './vary-values';

const HOUR_MS = 3_600_000;

/** Sets up a Vary: the knob, its values, seeds, where, judged by what; and says before the start what it takes. */
@Component({
  selector: 'mle-vary-panel',
  imports: [Icon, LoadFailure],
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { '(keydown.escape)': 'store.close()', '(keydown.control.enter)': 'start($event)' },
  templateUrl: './vary-panel.html',
  styleUrl: './vary-panel.scss',
})
export class VaryPanel {
  protected readonly store = inject(VaryStore);
  protected readonly server = inject(ServerState);
  protected readonly machines = inject(MachinesStore);
  protected readonly pools = inject(PoolsStore);
  private readonly launcher = inject(Launcher);
  private readonly instances = inject(InstancesStore);
  protected readonly fileName = computed(() => nameOf(this.store.file() ?? ''));
  protected readonly shownValue = shownValue;
  protected readonly offerWords = offerWords;
  protected readonly typed = signal('');
  protected readonly mistake = signal<string | null>(null);
  /** Offered and own values, the chosen ones among them. */
  protected readonly offered = computed(() => {
    const knob = this.store.knob();
    return knob ? sorted([...new Set([knob.value, ...knob.suggest, ...this.store.values()])]) : [];
  });
  private readonly places = computed(() => {
    const id = this.store.place();
    const pool = this.pools.list().find((one) => one.id === id);
    const online = this.machines.list().filter(({ state }) => state === 'online');
    if (pool) return online.filter((machine) => pool.machineIds.includes(machine.id));
    return id === '' ? online : online.filter((machine) => machine.id === id);
  });
  protected readonly free = computed(() => this.machines.list().filter((one) => this.launcher.hasRoom(one)).length);
  protected readonly slots = computed(() => this.places().reduce((sum, { slots }) => sum + slots, 0));
  private readonly lastsMs = computed(() => {
    const each = this.store.like()?.durationMs ?? null;
    const atOnce = Math.min(this.slots(), this.store.runCount());
    return each === null || atOnce === 0 ? null : each * Math.ceil(this.store.runCount() / atOnce);
  });
  protected readonly lasts = computed(() => {
    const ms = this.lastsMs();
    return ms === null ? 'not known yet' : `about ${roughly(ms)}`;
  });
  private readonly perHour = computed(() =>
    this.instances
      .running()
      .filter(({ machineId }) => this.places().some(({ id }) => id === machineId))
      .reduce((sum, { pricePerHour }) => sum + pricePerHour, 0),
  );
  /** Where nothing costs money there is nothing to limit; a limit that is set is never hidden. */
  protected readonly limitsDollars = computed(() => this.perHour() > 0 || this.store.dollars() !== '');
  protected readonly limitsText = computed(() => {
    const limits = this.store.limits();
    if (limits === null) return '';
    return limitWords({ limits, used: { minutes: null, dollars: null } }) || 'none';
  });
  protected readonly cost = computed(() => {
    const perHour = this.perHour();
    if (perHour === 0) return '$0';
    const ms = this.lastsMs();
    return ms === null ? `$${perHour.toFixed(2)}/h` : `about $${((perHour * ms) / HOUR_MS).toFixed(2)}`;
  });
  /** Why it cannot be started. */
  protected readonly refusal = computed(() => {
    const offline = this.server.refusal();
    if (offline) return offline;
    if (this.store.knob() === null) return 'Pick what to change';
    if (this.store.ordered().length < 2) return 'Pick a value besides the one it has';
    if (this.store.metric().trim() === '') return 'Name the metric to judge by';
    if (this.store.limits() === null) return 'A limit is a number above zero, or empty';
    return null;
  });
  protected readonly startText = computed(() => `Start ${plural(this.store.runCount(), 'run')}`);

  protected add(): void {
    const knob = this.store.knob();
    const value = knob ? typedValue(this.typed(), knob) : null;
    if (value === null) return this.mistake.set(`This is no value of ${knob?.name ?? 'it'}.`);
    this.mistake.set(null);
    this.typed.set('');
    if (!this.store.values().includes(value)) this.store.toggle(value);
  }

  protected again(): void {
    const file = this.store.file();
    if (file !== null) void this.store.open(file, null, this.store.centre());
  }

  protected start(event: Event): void {
    event.preventDefault();
    event.stopPropagation();
    if (this.refusal() !== null) return;
    const id = this.store.place();
    const pool = this.pools.list().some((one) => one.id === id);
    void this.store.start(id === '' ? null : pool ? { poolId: id } : { machineId: id });
  }
}
