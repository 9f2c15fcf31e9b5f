import {
  ChangeDetectionStrategy,
  Component,
  computed,
  effect,
  inject,
  linkedSignal,
  output,
  resource,
  signal,
  untracked,
} from '@angular/core';
import type { MachineView } from '@mle/protocol';
import { Clock } from '../core/clock';
import { elapsed } from '../core/format';
import { sentence } from '../core/problem';
import { Toasts } from '../core/toasts';
import { Icon } from '../ui/icon';
import { Notice } from '../ui/notice';
import { StateIcon } from '../ui/state-icon';
import { commandFor, isLoopback, likelyServer, serversOf } from './join-command';
import { MachinesApi } from './machines-api';
import { MachinesStore } from './machines-store';

/** A command with a one-time token to paste on another computer, and the wait for it. */
@Component({
  selector: 'mle-join-machine',
  imports: [Icon, Notice, StateIcon],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './join-machine.html',
  styles: `
    :host {
      display: grid;
      gap: 12px;
    }
    .command {
      display: flex;
      align-items: center;
      gap: 8px;
      padding: 8px 8px 8px 12px;
      background: var(--sunken);
      border-radius: var(--radius);
      code {
        flex: 1;
        min-width: 0;
        overflow-wrap: anywhere;
        user-select: all;
        white-space: pre-wrap;
      }
      &.spent code {
        color: var(--text-muted);
        text-decoration: line-through;
      }
    }
  `,
})
export class JoinMachine {
  readonly arrived = output<MachineView>();
  private readonly api = inject(MachinesApi);
  private readonly machines = inject(MachinesStore);
  private readonly clock = inject(Clock);
  private readonly toasts = inject(Toasts);
  private readonly known = new Set(untracked(this.machines.list).map((machine) => machine.id));
  protected readonly token = resource({ loader: () => this.api.joinToken() });
  protected readonly copied = signal(false);
  protected readonly servers = computed(() => (this.token.hasValue() ? serversOf(this.token.value()) : []));
  protected readonly server = linkedSignal(() => (this.token.hasValue() ? likelyServer(this.token.value()) : ''));
  protected readonly command = computed(() =>
    this.token.hasValue() ? commandFor(this.token.value(), this.server()) : '',
  );
  protected readonly leftMs = computed(() =>
    this.token.hasValue() ? Date.parse(this.token.value().expiresAt) - this.clock.now() : 0,
  );
  protected readonly left = computed(() => elapsed(this.leftMs()));
  protected readonly here = computed(
    () => this.machines.list().find((machine) => !this.known.has(machine.id) && machine.state === 'online') ?? null,
  );
  protected readonly words = sentence;
  protected readonly onlyHere = computed(() => isLoopback(this.server()));

  constructor() {
    effect(() => {
      const machine = this.here();
      if (machine) this.arrived.emit(machine);
    });
    effect((cleanUp) => {
      if (!this.copied()) return;
      const timer = setTimeout(() => this.copied.set(false), 2000);
      cleanUp(() => clearTimeout(timer));
    });
  }

  protected async copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(this.command());
      this.copied.set(true);
    } catch {
      // Over plain HTTP from another computer a browser gives no clipboard.
      this.toasts.error('The browser does not let the page copy. Select the command and copy it by the keyboard.');
    }
  }
}
