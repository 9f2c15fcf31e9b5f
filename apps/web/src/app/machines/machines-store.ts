import { computed, effect, inject, Injectable, signal, untracked } from '@angular/core';
import type { MachineView } from '@mle/protocol';
import { EventsSocket } from '../core/events-socket';
import { sentence } from '../core/problem';
import { Session } from '../core/session';
import { type LoadSample, withLoad } from './load-history';
import { MachinesApi } from './machines-api';

/** All machines of the installation, live. */
@Injectable({ providedIn: 'root' })
export class MachinesStore {
  private readonly api = inject(MachinesApi);
  private readonly events = inject(EventsSocket);
  private readonly session = inject(Session);
  private readonly byId = signal<ReadonlyMap<string, MachineView>>(new Map());
  private readonly history = signal<ReadonlyMap<string, readonly LoadSample[]>>(new Map());
  readonly status = signal<'loading' | 'ready' | 'error'>('loading');
  readonly error = signal<string | null>(null);
  /** This computer first, then as they came. */
  readonly list = computed(() =>
    [...this.byId().values()].sort((a, b) => rank(a) - rank(b) || a.createdAt.localeCompare(b.createdAt)),
  );

  constructor() {
    this.events.on('machine.changed', (machine) => this.put(machine));
    this.events.on('machine.removed', ({ id }) => this.drop(id));
    effect(() => {
      this.events.epoch();
      if (this.session.user()) untracked(() => void this.load());
    });
  }

  get(id: string | null): MachineView | null {
    return id ? (this.byId().get(id) ?? null) : null;
  }

  async load(): Promise<void> {
    try {
      const machines = await this.api.list();
      this.byId.set(new Map(machines.map((machine) => [machine.id, machine])));
      machines.forEach((machine) => this.remember(machine));
      this.status.set('ready');
      this.error.set(null);
    } catch (error) {
      this.error.set(sentence(error));
      if (this.status() === 'loading') this.status.set('error');
    }
  }

  /** Its loads of the last minutes, as far as this page has seen them. */
  loads(id: string): readonly LoadSample[] {
    return this.history().get(id) ?? [];
  }

  put(machine: MachineView): void {
    this.remember(machine);
    this.byId.update((map) => new Map(map).set(machine.id, machine));
  }

  drop(id: string): void {
    this.byId.update((map) => without(map, id));
    this.history.update((map) => without(map, id));
  }

  private remember(machine: MachineView): void {
    const samples = this.loads(machine.id);
    const next = withLoad(samples, machine);
    if (next !== samples) this.history.update((map) => new Map(map).set(machine.id, next));
  }
}

const rank = (machine: MachineView): number => (machine.provider === 'local' ? 0 : 1);
const without = <T>(map: ReadonlyMap<string, T>, id: string): ReadonlyMap<string, T> =>
  new Map([...map].filter(([other]) => other !== id));
