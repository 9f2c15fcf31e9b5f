import { ChangeDetectionStrategy, Component, computed, inject, input } from '@angular/core';
import { MatDialog } from '@angular/material/dialog';
import { Router, RouterLink } from '@angular/router';
import type { Load, MachineView, RunView } from '@mle/protocol';
import { Clock } from '../../core/clock';
import { ago, plural } from '../../core/format';
import { Session } from '../../core/session';
import { InstancesStore } from '../../instances/instances-store';
import { Launcher } from '../../launch/launcher';
import { AddMachineDialog, type WayToAdd } from '../../machines/add-machine-dialog';
import type { LoadSample } from '../../machines/load-history';
import { LoadSpark } from '../../machines/load-spark';
import { gpuOf, hardwareOf, stateOf } from '../../machines/machine-words';
import { MachinesStore } from '../../machines/machines-store';
import { PoolsStore } from '../../pools/pools-store';
import { runTitle } from '../../runs/run-words';
import { Icon } from '../../ui/icon';
import { LoadFailure } from '../../ui/load-failure';
import { RovingFocus, RovingItem } from '../../ui/roving-focus';
import { StateIcon, type StateShape } from '../../ui/state-icon';
import { InstancesPanel } from './instances-panel';
import { MachineDetails } from './machine-details';
import { PoolsPanel } from './pools-panel';

interface MachineRow {
  machine: MachineView;
  shape: StateShape;
  word: string;
  hardware: string;
  gpu: string | null;
  /** While it is there. */
  load: Load | null;
  samples: readonly LoadSample[];
  runs: RunView[];
  /** What else is to say where its runs stand: those of other users, that there are none, when it was last seen. */
  rest: string;
  pools: string;
}

/** The machines of the installation with the selected one below, or its pools. */
@Component({
  selector: 'mle-machines-page',
  imports: [
    Icon,
    InstancesPanel,
    LoadFailure,
    LoadSpark,
    MachineDetails,
    PoolsPanel,
    RouterLink,
    RovingFocus,
    RovingItem,
    StateIcon,
  ],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './machines-page.html',
  styleUrl: './machines-page.scss',
})
export class MachinesPage {
  /** Of the address. */
  readonly machine = input<string>();
  readonly view = input<string>();
  protected readonly store = inject(MachinesStore);
  private readonly pools = inject(PoolsStore);
  private readonly launcher = inject(Launcher);
  private readonly dialog = inject(MatDialog);
  private readonly clock = inject(Clock);
  private readonly router = inject(Router);
  private readonly session = inject(Session);
  protected readonly admin = computed(() => this.session.user()?.role === 'admin');
  /** Of a machine that is gone the first takes the place. */
  protected readonly selected = computed<MachineView | null>(
    () => this.store.get(this.machine() ?? null) ?? this.store.list().at(0) ?? null,
  );
  private readonly instances = inject(InstancesStore);
  /** Where none can be launched and none is there, nothing is said of them. */
  protected readonly instancesShown = computed(
    () => this.instances.providers().length > 0 || this.instances.list().length > 0,
  );
  protected readonly rows = computed(() => this.store.list().map((machine) => this.row(machine)));
  protected readonly summary = computed(() => {
    const online = this.store.list().filter((machine) => machine.state === 'online');
    return `${online.length} online, ${online.filter((machine) => this.launcher.hasRoom(machine)).length} free`;
  });
  protected readonly titleOf = runTitle;

  protected choose(id: string): void {
    void this.router.navigate(['/machines'], { queryParams: { machine: id }, replaceUrl: true });
  }

  protected add(way: WayToAdd): void {
    this.dialog.open(AddMachineDialog, { ariaLabel: 'Add a machine', restoreFocus: true, data: { way } });
  }

  private row(machine: MachineView): MachineRow {
    const all = this.launcher.on(machine);
    const runs = all.filter((run) => run.state !== 'queued');
    return {
      machine,
      ...stateOf(machine, runs.length),
      hardware: hardwareOf(machine),
      gpu: gpuOf(machine),
      load: machine.state === 'offline' ? null : machine.load,
      samples: this.store.loads(machine.id),
      runs,
      rest: this.rest(machine, runs, all.length - runs.length),
      pools:
        this.pools
          .list()
          .filter((pool) => machine.poolIds.includes(pool.id))
          .map((pool) => pool.name)
          .join(', ') || '–',
    };
  }

  private rest(machine: MachineView, runs: readonly RunView[], waiting: number): string {
    const others = machine.running.filter((id) => !runs.some((run) => run.id === id)).length;
    const parts = [
      others > 0 ? `${plural(others, 'run')} of others` : '',
      waiting > 0 ? `${waiting} waiting` : '',
    ].filter(Boolean);
    if (parts.length > 0) return parts.join(', ');
    if (runs.length > 0) return '';
    if (machine.state !== 'offline') return 'nothing';
    return machine.lastSeenAt ? `last seen ${ago(machine.lastSeenAt, this.clock.now())}` : 'never seen';
  }
}
