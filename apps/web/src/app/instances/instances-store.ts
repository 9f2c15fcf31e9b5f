import { computed, effect, inject, Injectable, signal, untracked } from '@angular/core';
import type { InstanceList, InstanceView } from '@mle/protocol';
import { EventsSocket } from '../core/events-socket';
import { sentence } from '../core/problem';
import { Session } from '../core/session';
import { Told, withNewer } from '../core/told';
import { isRunning } from './instance-words';
import { InstancesApi } from './instances-api';

/** All instances of the installation, live; the newest first. */
@Injectable({ providedIn: 'root' })
export class InstancesStore {
  private readonly api = inject(InstancesApi);
  private readonly events = inject(EventsSocket);
  private readonly session = inject(Session);
  private readonly byId = signal<ReadonlyMap<string, InstanceView>>(new Map());
  private readonly told = new Told();
  readonly status = signal<'loading' | 'ready' | 'error'>('loading');
  readonly error = signal<string | null>(null);
  /** Where instances can be launched. */
  readonly providers = signal<InstanceList['providers']>([]);
  /** What everybody has to know of machines and keys. */
  readonly notices = signal<readonly string[]>([]);
  /** Whether the user may launch some. */
  readonly mayLaunch = signal(false);
  /** The dollars of this month that a member may still launch for; null: no share binds. */
  readonly left = signal<number | null>(null);
  readonly simulated = signal(false);
  readonly list = computed(() =>
    [...this.byId().values()].sort((a, b) => b.requestedAt.localeCompare(a.requestedAt) || b.id.localeCompare(a.id)),
  );
  readonly running = computed(() => this.list().filter(isRunning));
  readonly pricePerHour = computed(() => this.running().reduce((sum, { pricePerHour }) => sum + pricePerHour, 0));

  constructor() {
    this.events.on('instance.changed', (instance) => {
      this.told.note(instance.id);
      this.put(instance);
    });
    effect(() => {
      const times = this.events.reading();
      if (times > 0 && this.session.user()) untracked(() => void this.load());
    });
  }

  async load(): Promise<void> {
    try {
      const isNewer = this.told.sinceNow();
      const { items, providers, notices, mayLaunch, left, simulated } = await this.api.list();
      this.byId.update((known) => withNewer(items, known, isNewer));
      this.providers.set(providers);
      this.notices.set(notices);
      this.mayLaunch.set(mayLaunch);
      this.left.set(left);
      this.simulated.set(simulated);
      this.status.set('ready');
      this.error.set(null);
    } catch (error) {
      this.error.set(sentence(error));
      if (this.status() === 'loading') this.status.set('error');
    }
  }

  put(instance: InstanceView): void {
    this.byId.update((map) => new Map(map).set(instance.id, instance));
  }
}
