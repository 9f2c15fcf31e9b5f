import { effect, inject, Injectable, signal, untracked } from '@angular/core';
import type { SweepView } from '@mle/protocol';
import { EventsSocket } from '../core/events-socket';
import { Told } from '../core/told';
import { SweepsApi } from './sweeps-api';

/** Sweeps that something on the page shows, kept up to date by events. */
@Injectable({ providedIn: 'root' })
export class SweepsStore {
  private readonly api = inject(SweepsApi);
  private readonly events = inject(EventsSocket);
  private readonly told = new Told();
  /** Null while one is on its way, or is gone. */
  private readonly byId = signal<ReadonlyMap<string, SweepView | null>>(new Map());

  constructor() {
    const { events } = this;
    events.on('sweep.changed', (sweep) => {
      this.told.note(sweep.id);
      if (this.byId().has(sweep.id)) this.put(sweep);
    });
    events.on('sweep.deleted', ({ id }) => {
      this.told.note(id);
      if (this.byId().has(id)) this.byId.update((map) => new Map(map).set(id, null));
    });
    effect(() => {
      const times = events.reading();
      // What changed while the line was down is in no event.
      if (times > 0) untracked(() => void this.load([...this.byId().keys()]));
    });
  }

  get(id: string | null): SweepView | null {
    return id === null ? null : (this.byId().get(id) ?? null);
  }

  put(...sweeps: readonly SweepView[]): void {
    this.byId.update((map) => new Map([...map, ...sweeps.map((sweep) => [sweep.id, sweep] as const)]));
  }

  /** Sees to it that these are known, if they are there. */
  async want(ids: readonly string[]): Promise<void> {
    const unknown = ids.filter((id) => !this.byId().has(id));
    if (unknown.length === 0) return;
    this.byId.update((map) => new Map([...map, ...unknown.map((id) => [id, null] as const)]));
    if (this.events.reading() > 0) await this.load(unknown);
  }

  private async load(ids: readonly string[]): Promise<void> {
    const isNewer = this.told.sinceNow();
    try {
      for (let at = 0; at < ids.length; at += MOST_AT_ONCE) {
        const sweeps = await this.api.some(ids.slice(at, at + MOST_AT_ONCE));
        this.put(...sweeps.filter(({ id }) => !isNewer(id)));
      }
    } catch {
      // The rows that want them say less until the next connection.
    }
  }
}

const MOST_AT_ONCE = 50;
