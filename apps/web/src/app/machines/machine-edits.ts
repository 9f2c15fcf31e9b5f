import { inject, Injectable } from '@angular/core';
import type { MachineView, UpdateMachine } from '@mle/protocol';
import { Toasts } from '../core/toasts';
import { MachinesApi } from './machines-api';
import { MachinesStore } from './machines-store';

/** Changes of machines: shown at once, taken back where the server refuses. */
@Injectable({ providedIn: 'root' })
export class MachineEdits {
  private readonly api = inject(MachinesApi);
  private readonly store = inject(MachinesStore);
  private readonly toasts = inject(Toasts);

  /** The last change of each machine that is under way. */
  private readonly turns = new Map<string, Promise<unknown>>();

  /** Throws what the server says. `said` is shown with Undo. */
  async apply(machine: MachineView, change: UpdateMachine, said: string | null = null): Promise<void> {
    const before = this.store.get(machine.id) ?? machine;
    // News of earlier changes does not show the old value again meanwhile.
    const release = this.store.overlay(machine.id, (now) => shown(now, change));
    try {
      this.store.put(await this.inTurn(machine.id, () => this.api.update(machine.id, change)));
    } finally {
      release();
    }
    if (said !== null)
      this.toasts.show(said, { icon: 'check', action: { label: 'Undo', run: () => void this.undo(before, change) } });
  }

  /** One change after the other, so that the answers come in the order of the changes. */
  private inTurn<T>(id: string, send: () => Promise<T>): Promise<T> {
    const sent = (this.turns.get(id) ?? Promise.resolve()).then(send);
    const settled = sent
      .catch(() => undefined)
      .finally(() => {
        if (this.turns.get(id) === settled) this.turns.delete(id);
      });
    this.turns.set(id, settled);
    return sent;
  }

  private async undo(before: MachineView, change: UpdateMachine): Promise<void> {
    const now = this.store.get(before.id);
    if (!now) return;
    try {
      await this.apply(now, valuesOf(before, change));
    } catch {
      this.toasts.error(`${now.name} could not be changed back. Try it at the machine.`);
    }
  }
}

function shown(machine: MachineView, { drain, ...values }: UpdateMachine): MachineView {
  const draining = drain ?? machine.draining;
  return {
    ...machine,
    ...values,
    draining,
    state: machine.state === 'offline' ? 'offline' : draining ? 'draining' : 'online',
  };
}

/** What the machine had where `change` changes it. */
function valuesOf(machine: MachineView, change: UpdateMachine): UpdateMachine {
  return {
    ...(change.name !== undefined && { name: machine.name }),
    ...(change.slots !== undefined && { slots: machine.slots }),
    ...(change.labels !== undefined && { labels: machine.labels }),
    ...(change.poolIds !== undefined && { poolIds: machine.poolIds }),
    ...(change.takesMembers !== undefined && { takesMembers: machine.takesMembers }),
    ...(change.drain !== undefined && { drain: machine.draining }),
    ...(change.lostAfterSeconds !== undefined && { lostAfterSeconds: machine.lostAfterSeconds }),
  };
}
