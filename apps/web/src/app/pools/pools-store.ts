import { computed, effect, inject, Injectable, signal, untracked } from '@angular/core';
import type { PoolView } from '@mle/protocol';
import { EventsSocket } from '../core/events-socket';
import { sentence } from '../core/problem';
import { Session } from '../core/session';
import { Told, withNewer } from '../core/told';
import { PoolsApi } from './pools-api';

/** All pools of the installation, live, by name. */
@Injectable({ providedIn: 'root' })
export class PoolsStore {
  private readonly api = inject(PoolsApi);
  private readonly events = inject(EventsSocket);
  private readonly session = inject(Session);
  private readonly byId = signal<ReadonlyMap<string, PoolView>>(new Map());
  private readonly told = new Told();
  readonly status = signal<'loading' | 'ready' | 'error'>('loading');
  readonly error = signal<string | null>(null);
  readonly list = computed(() => [...this.byId().values()].sort((a, b) => a.name.localeCompare(b.name)));

  constructor() {
    this.events.on('pool.changed', (pool) => {
      this.told.note(pool.id);
      this.put(pool);
    });
    this.events.on('pool.removed', ({ id }) => {
      this.told.note(id);
      this.drop(id);
    });
    effect(() => {
      const times = this.events.reading();
      if (times > 0 && this.session.user()) untracked(() => void this.load());
    });
  }

  async load(): Promise<void> {
    try {
      const isNewer = this.told.sinceNow();
      const pools = await this.api.list();
      this.byId.update((known) => withNewer(pools, known, isNewer));
      this.status.set('ready');
      this.error.set(null);
    } catch (error) {
      this.error.set(sentence(error));
      if (this.status() === 'loading') this.status.set('error');
    }
  }

  put(pool: PoolView): void {
    this.byId.update((map) => new Map(map).set(pool.id, pool));
  }

  drop(id: string): void {
    this.byId.update((map) => new Map([...map].filter(([other]) => other !== id)));
  }
}
