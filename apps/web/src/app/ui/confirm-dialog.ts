import { ChangeDetectionStrategy, Component, inject, signal } from '@angular/core';
import { MAT_DIALOG_DATA, MatDialogRef } from '@angular/material/dialog';
import { sentence } from '../core/problem';
import { Icon } from './icon';
import { Notice } from './notice';

export interface Confirmation {
  /** Names the thing, as a question. */
  title: string;
  /** What is lost, and what is kept. */
  text: string;
  /** The button is the verb. */
  verb: string;
  act: () => Promise<unknown>;
}

/** Asks before what cannot be undone. The safe choice has the focus. */
@Component({
  selector: 'mle-confirm-dialog',
  imports: [Icon, Notice],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <div class="dialog-form">
      <header>
        <h1 id="confirm-title">{{ data.title }}</h1>
        <button type="button" class="ib" aria-label="Close" (click)="ref.close()"><mle-icon name="x" /></button>
      </header>
      <div class="body">
        <p>{{ data.text }}</p>
        @if (error(); as text) {
          <mle-notice role="alert">{{ text }}</mle-notice>
        }
      </div>
      <footer>
        <button type="button" class="btn" cdkFocusInitial (click)="ref.close()">Keep</button>
        <button type="button" class="btn danger solid" [disabled]="busy()" (click)="act()">{{ data.verb }}</button>
      </footer>
    </div>
  `,
})
export class ConfirmDialog {
  protected readonly data = inject<Confirmation>(MAT_DIALOG_DATA);
  protected readonly ref = inject<MatDialogRef<ConfirmDialog>>(MatDialogRef);
  protected readonly busy = signal(false);
  protected readonly error = signal<string | null>(null);

  protected async act(): Promise<void> {
    this.busy.set(true);
    this.error.set(null);
    try {
      await this.data.act();
      this.ref.close();
    } catch (error) {
      this.error.set(sentence(error));
      this.busy.set(false);
    }
  }
}
