import { ChangeDetectionStrategy, Component, computed, inject, signal } from '@angular/core';
import { MatDialog } from '@angular/material/dialog';
import { RouterLink } from '@angular/router';
import type { MachineView, RunView } from '@mle/protocol';
import { Clock } from '../core/clock';
import { ago, memory, plural } from '../core/format';
import { Session } from '../core/session';
import { Launcher } from '../runs/launcher';
import { runTitle } from '../runs/run-words';
import { Icon } from '../ui/icon';
import { StateIcon, type StateShape } from '../ui/state-icon';
import { AddMachineDialog } from './add-machine-dialog';
import { MachineDetails } from './machine-details';
import { MachinesStore } from './machines-store';

interface MachineRow {
  machine: MachineView;
  shape: StateShape;
  word: string;
  hardware: string;
  gpu: string | null;
  cpu: string;
  memoryUse: string;
  runs: RunView[];
  seen: string;
}

/** The machines of the installation, and the settings of the selected one. */
@Component({
  selector: 'mle-machines-page',
  imports: [Icon, MachineDetails, RouterLink, StateIcon],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './machines-page.html',
  styleUrl: './machines-page.scss',
})
export class MachinesPage {
  protected readonly store = inject(MachinesStore);
  private readonly launcher = inject(Launcher);
  private readonly dialog = inject(MatDialog);
  private readonly clock = inject(Clock);
  private readonly session = inject(Session);
  protected readonly admin = computed(() => this.session.user()?.role === 'admin');
  private readonly chosen = signal<string | null>(null);
  protected readonly selected = computed<MachineView | null>(() => this.store.get(this.chosen()) ?? this.store.list().at(0) ?? null);
  protected readonly rows = computed(() => this.store.list().map((machine) => this.row(machine)));
  protected readonly summary = computed(() => {
    const online = this.store.list().filter((machine) => machine.state === 'online');
    return `${online.length} online, ${online.filter((machine) => this.launcher.hasRoom(machine)).length} free`;
  });
  protected readonly titleOf = runTitle;

  protected choose(machine: MachineView): void {
    this.chosen.set(machine.id);
  }

  protected add(): void {
    this.dialog.open(AddMachineDialog, { ariaLabel: 'Add a machine', restoreFocus: true });
  }

  private row(machine: MachineView): MachineRow {
    const runs = this.launcher.on(machine);
    const busy = machine.state === 'online' && (machine.running.length > 0 || runs.length > 0);
    const { inventory, load } = machine;
    const online = machine.state !== 'offline';
    return {
      machine,
      shape: busy ? 'busy' : machine.state,
      word: busy ? 'busy' : machine.state === 'online' ? 'free' : machine.state,
      hardware: inventory ? `${inventory.cpus} CPU, ${memory(inventory.memoryBytes)}` : '–',
      gpu: inventory?.gpus.length ? `${inventory.gpus[0]?.name}${inventory.gpus.length > 1 ? `, ${plural(inventory.gpus.length, 'GPU')}` : ''}` : null,
      cpu: online && load ? percent(load.cpu) : '–',
      memoryUse: online && load ? percent(load.memory) : '–',
      runs,
      seen: machine.lastSeenAt ? `last seen ${ago(machine.lastSeenAt, this.clock.now())}` : 'never seen',
    };
  }
}

const percent = (part: number): string => `${Math.round(part * 100)} %`;
