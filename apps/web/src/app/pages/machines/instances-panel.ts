import { ChangeDetectionStrategy, Component, computed, inject, signal } from '@angular/core';
import { MatDialog } from '@angular/material/dialog';
import { MatMenuModule } from '@angular/material/menu';
import { RouterLink } from '@angular/router';
import type { InstanceView } from '@mle/protocol';
import { Clock } from '../../core/clock';
import { sentence } from '../../core/problem';
import { ServerState } from '../../core/server-state';
import { Session } from '../../core/session';
import {
  ageOf,
  canStop,
  dollars,
  endsSoon,
  extended,
  isEnded,
  isSilent,
  progressOf,
  sentenceOf,
  shapeOf,
  stateWord,
} from '../../instances/instance-words';
import { InstancesApi } from '../../instances/instances-api';
import { InstancesStore } from '../../instances/instances-store';
import { confirm } from '../../ui/confirm';
import { Icon } from '../../ui/icon';
import { LoadFailure } from '../../ui/load-failure';
import { Notice } from '../../ui/notice';
import { StateIcon, type StateShape } from '../../ui/state-icon';

interface InstanceRow {
  instance: InstanceView;
  over: boolean;
  shape: StateShape;
  word: string;
  age: string;
  price: string;
  progress: { done: number; of: number } | null;
  sentence: string;
  soon: boolean;
  stoppable: boolean;
  silent: boolean;
}

/** The instances with what becomes of them, and what one can do about each. */
@Component({
  selector: 'mle-instances-panel',
  imports: [Icon, LoadFailure, MatMenuModule, Notice, RouterLink, StateIcon],
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { role: 'region', 'aria-label': 'Instances' },
  templateUrl: './instances-panel.html',
  styleUrl: './instances-panel.scss',
})
export class InstancesPanel {
  protected readonly store = inject(InstancesStore);
  protected readonly server = inject(ServerState);
  private readonly api = inject(InstancesApi);
  private readonly dialog = inject(MatDialog);
  private readonly clock = inject(Clock);
  private readonly session = inject(Session);
  protected readonly failure = signal<{ id: string; text: string } | null>(null);
  private readonly under = signal<string | null>(null);
  protected readonly rows = computed(() => this.store.list().map((instance) => rowOf(instance, this.clock.now())));

  /** Administrators, and whoever launched it. */
  protected mayChange({ ownerId }: InstanceView): boolean {
    const user = this.session.user();
    return user?.role === 'admin' || (user !== null && user?.id === ownerId);
  }

  protected busy({ instance }: InstanceRow): boolean {
    return this.under() === instance.id || this.server.refusal() !== null;
  }

  protected async launch(): Promise<void> {
    const { LaunchDialog } = await import('./launch-dialog');
    // What is left for a member has changed with what others and the time did.
    if (this.store.left() !== null) await this.store.load();
    this.dialog.open(LaunchDialog, { ariaLabel: 'Launch an instance', restoreFocus: true });
  }

  protected act(instance: InstanceView, act: 'start' | 'stop'): Promise<void> {
    return this.change(instance, () => this.api.act(instance.id, act));
  }

  protected extend(instance: InstanceView): Promise<void> {
    return this.change(instance, () => this.api.update(instance.id, { endsAt: extended(instance, this.clock.now()) }));
  }

  protected async terminate(instance: InstanceView): Promise<void> {
    const act = async (): Promise<void> => this.store.put(await this.api.terminate(instance.id));
    const title = `Terminate ${instance.name}?`;
    const text =
      'Its runs are stopped, and its files, caches and environments are lost. Finished runs with their output and artifacts are kept.';
    await confirm(this.dialog, { title, text, verb: 'Terminate', act });
  }

  protected async restart(instance: InstanceView): Promise<void> {
    const act = async (): Promise<void> => this.store.put(await this.api.act(instance.id, 'restart'));
    const title = `Run ${instance.name} again?`;
    const text =
      'Its machine boots once more, and its worker connects by itself. A program that still runs there ends; files stay.';
    await confirm(this.dialog, { title, text, verb: 'Run machine', act });
  }

  private async change(instance: InstanceView, send: () => Promise<InstanceView>): Promise<void> {
    this.failure.set(null);
    this.under.set(instance.id);
    try {
      this.store.put(await send());
    } catch (error) {
      this.failure.set({ id: instance.id, text: sentence(error) });
    } finally {
      this.under.set(null);
    }
  }
}

function rowOf(instance: InstanceView, now: number): InstanceRow {
  return {
    instance,
    over: isEnded(instance),
    shape: shapeOf(instance),
    word: stateWord(instance),
    age: ageOf(instance, now),
    price: isEnded(instance) ? costOf(instance) : `${dollars(instance.pricePerHour)}/h`,
    progress: progressOf(instance),
    sentence: sentenceOf(instance, now),
    soon: endsSoon(instance, now),
    silent: isSilent(instance),
    stoppable: canStop(instance) && instance.buy === 'on-demand',
  };
}

const costOf = ({ cost }: InstanceView): string => (cost === 0 ? '' : `cost about ${dollars(cost)}`);
