import { computed, effect, inject, Injectable, signal, untracked } from '@angular/core';
import type { MachineView } from '@mle/protocol';
import { EventsSocket } from '../core/events-socket';
import { sentence } from '../core/problem';
import { Session } from '../core/session';
import { Told, withNewer } from '../core/told';
import { type LoadSample, withLoad } from './load-history';
import { MachinesApi } from './machines-api';

type Overlay = (machine: MachineView) => MachineView;

/** All machines of the installation, live. */
@Injectable({ providedIn: 'root' })
export class MachinesStore {
  private readonly api = inject(MachinesApi);
  private readonly events = inject(EventsSocket);
  private readonly session = inject(Session);
  /** As the server said last. */
  private readonly known = signal<ReadonlyMap<string, MachineView>>(new Map());
  /** Changes that the server has yet to answer. */
  private readonly overlays = signal<ReadonlyMap<string, readonly Overlay[]>>(new Map());
  private readonly byId = computed(() => {
    const overlays = this.overlays();
    return new Map(
      [...this.known()].map(([id, machine]) => [
        id,
        (overlays.get(id) ?? []).reduce((shown, overlay) => overlay(shown), machine),
      ]),
    );
  });
  private readonly history = signal<ReadonlyMap<string, readonly LoadSample[]>>(new Map());
  private readonly told = new Told();
  readonly status = signal<'loading' | 'ready' | 'error'>('loading');
  readonly error = signal<string | null>(null);
  /** This computer first, then as they came. */
  readonly list = computed(() =>
    [...this.byId().values()].sort((a, b) => rank(a) - rank(b) || a.createdAt.localeCompare(b.createdAt)),
  );

  constructor() {
    this.events.on('machine.changed', (machine) => {
      this.told.note(machine.id);
      this.put(machine);
    });
    this.events.on('machine.removed', ({ id }) => {
      this.told.note(id);
      this.drop(id);
    });
    effect(() => {
      const times = this.events.reading();
      if (times > 0 && this.session.user()) untracked(() => void this.load());
    });
  }

  get(id: string | null): MachineView | null {
    return id ? (this.byId().get(id) ?? null) : null;
  }

  async load(): Promise<void> {
    try {
      const isNewer = this.told.sinceNow();
      const machines = await this.api.list();
      this.known.update((known) => withNewer(machines, known, isNewer));
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
    this.known.update((map) => new Map(map).set(machine.id, machine));
  }

  /** Shows a machine changed until the returned function is called. */
  overlay(id: string, change: Overlay): () => void {
    this.overlays.update((map) => new Map(map).set(id, [...(map.get(id) ?? []), change]));
    return () =>
      this.overlays.update((map) => {
        const left = (map.get(id) ?? []).filter((other) => other !== change);
        return left.length > 0 ? new Map(map).set(id, left) : without(map, id);
      });
  }

  drop(id: string): void {
    this.known.update((map) => without(map, id));
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
