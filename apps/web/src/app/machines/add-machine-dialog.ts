import { ChangeDetectionStrategy, Component, computed, effect, inject, resource, signal, untracked } from '@angular/core';
import { MatDialogRef } from '@angular/material/dialog';
import { Clock } from '../core/clock';
import { duration } from '../core/format';
import { sentence } from '../core/problem';
import { Icon } from '../ui/icon';
import { StateIcon } from '../ui/state-icon';
import { MachinesApi } from './machines-api';
import { MachinesStore } from './machines-store';

/** A command to paste on another computer; shows the machine when it arrives. */
@Component({
  selector: 'mle-add-machine-dialog',
  imports: [Icon, StateIcon],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <div class="dialog-form">
      <header><h1>Add a machine</h1><button type="button" class="ib" aria-label="Close" (click)="ref.close()"><mle-icon name="x" /></button></header>
      <div class="body">
        @if (token.error(); as failure) {
          <p class="notice" role="alert"><mle-icon name="alert" /><span>{{ words(failure) }}</span></p>
        } @else if (token.hasValue()) {
          <p>Run this on the other computer. It needs Node.js and has to reach this server.</p>
          <div class="command">
            <code>{{ token.value().command }}</code>
            <button type="button" class="ib" [attr.aria-label]="copied() ? 'Copied' : 'Copy the command'" [title]="copied() ? 'Copied' : 'Copy the command'" (click)="copy(token.value().command)"><mle-icon [name]="copied() ? 'check' : 'copy'" /></button>
          </div>
          @if (loopback) {
            <p class="notice warn"><mle-icon name="alert" /><span>You opened this page at {{ address }}, which other computers cannot reach. Start the server with MLE_HOST=0.0.0.0 and MLE_PUBLIC_URL set to its address in your network.</span></p>
          }
          @if (arrived(); as machine) {
            <p class="notice good" role="status"><mle-icon name="check" /><span><b>{{ machine.name }}</b> has joined and is ready.</span></p>
          } @else {
            <p class="row muted" role="status"><mle-state-icon state="busy" /><span>Waiting for the machine. <span aria-live="off">{{ left() }}</span></span></p>
          }
        } @else {
          <span class="skeleton"></span>
        }
      </div>
      <footer><button type="button" class="btn" (click)="ref.close()">Close</button></footer>
    </div>
  `,
  styles: `
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
    }
  `,
})
export class AddMachineDialog {
  protected readonly ref = inject<MatDialogRef<AddMachineDialog>>(MatDialogRef);
  private readonly api = inject(MachinesApi);
  private readonly machines = inject(MachinesStore);
  private readonly clock = inject(Clock);
  private readonly known = signal(new Set(untracked(this.machines.list).map((machine) => machine.id)));
  protected readonly token = resource({ loader: () => this.api.joinToken() });
  protected readonly copied = signal(false);
  protected readonly arrived = computed(() => this.machines.list().find((machine) => !this.known().has(machine.id) && machine.state === 'online') ?? null);
  protected readonly left = computed(() => {
    const ms = this.token.hasValue() ? Date.parse(this.token.value().expiresAt) - this.clock.now() : 0;
    return ms > 0 ? `The command works once, for ${duration(ms)} more.` : 'The command has expired. Close this and begin again.';
  });
  protected readonly address = location.host;
  protected readonly loopback = /^(localhost|127\.|\[::1\])/.test(location.hostname);
  protected readonly words = sentence;

  constructor() {
    effect(() => {
      if (this.copied()) setTimeout(() => this.copied.set(false), 2000);
    });
  }

  protected async copy(text: string): Promise<void> {
    await navigator.clipboard.writeText(text);
    this.copied.set(true);
  }
}
