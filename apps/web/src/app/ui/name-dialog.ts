import { ChangeDetectionStrategy, Component, inject, signal } from '@angular/core';
import { MAT_DIALOG_DATA, MatDialogRef } from '@angular/material/dialog';
import { toRequestError } from '../core/problem';
import { Icon } from './icon';

export interface NameQuestion {
  title: string;
  label: string;
  value: string;
  verb: string;
  /** Does it; what it throws is shown under the field. */
  act: (name: string) => Promise<unknown>;
}

/** Asks for a name. */
@Component({
  selector: 'mle-name-dialog',
  imports: [Icon],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <form class="dialog-form" (submit)="act($event, field.value)">
      <header>
        <h1>{{ data.title }}</h1>
        <button type="button" class="ib" aria-label="Close" (click)="ref.close()"><mle-icon name="x" /></button>
      </header>
      <div class="body">
        <label class="field">
          <span class="label">{{ data.label }}</span>
          <input
            #field
            class="input"
            type="text"
            cdkFocusInitial
            autocomplete="off"
            spellcheck="false"
            [value]="data.value"
            (focus)="field.select()"
            [attr.aria-invalid]="error() !== null"
            (input)="error.set(null)"
          />
        </label>
        @if (error(); as text) {
          <p class="field-error" role="alert">{{ text }}</p>
        }
      </div>
      <footer>
        <button type="button" class="btn" (click)="ref.close()">Cancel</button>
        <button type="submit" class="btn primary" [disabled]="busy()">{{ data.verb }}</button>
      </footer>
    </form>
  `,
})
export class NameDialog {
  protected readonly data = inject<NameQuestion>(MAT_DIALOG_DATA);
  protected readonly ref = inject<MatDialogRef<NameDialog>>(MatDialogRef);
  protected readonly busy = signal(false);
  protected readonly error = signal<string | null>(null);

  protected async act(event: Event, value: string): Promise<void> {
    event.preventDefault();
    const name = value.trim();
    if (name === '') return this.error.set('Give a name.');
    this.busy.set(true);
    try {
      await this.data.act(name);
      this.ref.close();
    } catch (error) {
      const failure = toRequestError(error);
      this.error.set(failure.field('name') ?? failure.message);
      this.busy.set(false);
    }
  }
}
