import { ChangeDetectionStrategy, Component, inject, signal, viewChild } from '@angular/core';
import { MAT_DIALOG_DATA, MatDialogRef } from '@angular/material/dialog';
import { Router } from '@angular/router';
import type { MachineView } from '@mle/protocol';
import { Icon } from '../ui/icon';
import { Notice } from '../ui/notice';
import { DialMachineForm } from './dial-machine-form';
import { JoinMachine } from './join-machine';

/** Who begins the connection: the worker of the new machine by a command, or this server. */
export type WayToAdd = 'join' | 'dial';

/** Two ways to add a machine; either ends with the machine being there, by its name. */
@Component({
  selector: 'mle-add-machine-dialog',
  imports: [DialMachineForm, Icon, JoinMachine, Notice],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <div class="dialog-form">
      <header>
        <h1>Add a machine</h1>
        <button type="button" class="ib" aria-label="Close" (click)="ref.close()"><mle-icon name="x" /></button>
      </header>
      <div class="body">
        <span class="segments" role="group" aria-label="How it connects">
          <button type="button" [attr.aria-pressed]="way() === 'join'" (click)="way.set('join')">
            It joins by a command
          </button>
          <button type="button" [attr.aria-pressed]="way() === 'dial'" (click)="way.set('dial')">Connect to one</button>
        </span>
        @if (way() === 'join') {
          <mle-join-machine (arrived)="machine.set($event)" />
        } @else if (!machine()) {
          <mle-dial-machine-form (arrived)="machine.set($event)" />
        }
        <div aria-live="polite">
          @if (machine(); as there) {
            <mle-notice tone="good"
              ><b>{{ there.name }}</b> is here.</mle-notice
            >
          }
        </div>
      </div>
      <footer>
        <button type="button" class="btn" (click)="ref.close()">Close</button>
        @if (machine(); as there) {
          <button type="button" class="btn primary" (click)="show(there)">Show it</button>
        } @else if (dial(); as form) {
          <button type="submit" form="dial-machine" class="btn primary" [disabled]="form.busy()">
            {{ form.busy() ? 'Connecting' : 'Connect' }}
          </button>
        }
      </footer>
    </div>
  `,
  styles: `
    .dialog-form {
      width: 520px;
    }
    .segments {
      align-self: start;
    }
    [aria-live]:empty {
      display: none;
    }
  `,
})
export class AddMachineDialog {
  protected readonly ref = inject<MatDialogRef<AddMachineDialog>>(MatDialogRef);
  private readonly router = inject(Router);
  protected readonly dial = viewChild(DialMachineForm);
  protected readonly way = signal<WayToAdd>(
    inject<{ way: WayToAdd } | null>(MAT_DIALOG_DATA, { optional: true })?.way ?? 'join',
  );
  /** The machine that has come. */
  protected readonly machine = signal<MachineView | null>(null);

  protected show(machine: MachineView): void {
    this.ref.close();
    void this.router.navigate(['/machines'], { queryParams: { machine: machine.id } });
  }
}
