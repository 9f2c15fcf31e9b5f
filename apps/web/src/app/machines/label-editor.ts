import { ChangeDetectionStrategy, Component, type ElementRef, input, output, signal, viewChild } from '@angular/core';
import { Icon } from '../ui/icon';
import { labelProblem } from './label-rules';

/** Labels as chips: added by typing and Enter, taken away by their cross. */
@Component({
  selector: 'mle-label-editor',
  imports: [Icon],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <ul aria-label="Labels">
      @for (label of labels(); track label) {
        <li class="chip">
          {{ label }}
          @if (editable()) {
            <button
              type="button"
              [attr.aria-label]="'Remove the label ' + label"
              [title]="'Remove the label ' + label"
              (click)="remove(label)"
            >
              <mle-icon name="x" />
            </button>
          }
        </li>
      } @empty {
        @if (!editable()) {
          <li class="muted">none</li>
        }
      }
    </ul>
    @if (editable()) {
      <form (submit)="add($event)">
        <input
          #field
          class="input small"
          type="text"
          aria-label="New label"
          placeholder="Add a label, such as cuda"
          autocomplete="off"
          autocapitalize="none"
          spellcheck="false"
          [value]="text()"
          [attr.aria-invalid]="problem() !== null"
          (input)="text.set(field.value); problem.set(null)"
        />
        <button type="submit" class="btn small">Add</button>
      </form>
      @if (problem(); as words) {
        <p class="field-error" role="alert">{{ words }}</p>
      }
    }
  `,
  styles: `
    :host {
      display: grid;
      gap: 8px;
    }
    ul {
      display: flex;
      flex-wrap: wrap;
      gap: 6px;
      &:empty {
        display: none;
      }
    }
    .chip {
      height: 28px;
      padding: 0 8px;
    }
    .chip:has(button) {
      padding-right: 0;
    }
    .chip button {
      display: grid;
      place-items: center;
      width: 26px;
      height: 26px;
      border: 0;
      padding: 0;
      background: none;
      color: var(--text-muted);
      &:hover {
        color: var(--danger);
      }
    }
    .chip mle-icon {
      width: 12px;
      height: 12px;
    }
    form {
      display: flex;
      gap: 6px;
    }
    @media (max-width: 719px) {
      .chip,
      .chip button {
        height: 36px;
      }
      .chip button {
        width: 36px;
      }
    }
  `,
})
export class LabelEditor {
  readonly labels = input.required<readonly string[]>();
  readonly editable = input(false);
  readonly labelsChange = output<string[]>();
  private readonly field = viewChild<ElementRef<HTMLInputElement>>('field');
  protected readonly text = signal('');
  protected readonly problem = signal<string | null>(null);

  protected add(event: Event): void {
    event.preventDefault();
    const label = this.text().trim();
    if (label === '') return;
    this.problem.set(labelProblem(label, this.labels()));
    if (this.problem() !== null) return;
    this.text.set('');
    this.labelsChange.emit([...this.labels(), label]);
  }

  protected remove(label: string): void {
    this.labelsChange.emit(this.labels().filter((other) => other !== label));
    // The cross that had the focus is gone.
    this.field()?.nativeElement.focus();
  }
}
