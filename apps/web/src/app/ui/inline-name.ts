import {
  afterNextRender,
  ChangeDetectionStrategy,
  Component,
  computed,
  type ElementRef,
  input,
  linkedSignal,
  output,
  signal,
  viewChild,
} from '@angular/core';

/** A name typed in place: Enter or leaving takes it, Esc gives up. Emits null when nothing is to change. */
@Component({
  selector: 'mle-inline-name',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <input
      #field
      class="input small"
      type="text"
      spellcheck="false"
      autocomplete="off"
      [attr.aria-label]="label()"
      [attr.aria-invalid]="error() !== null"
      [value]="text()"
      (input)="text.set(field.value); touched.set(true)"
      (keydown.enter)="finish()"
      (keydown.escape)="cancel($event)"
      (blur)="leave()"
    />
    @if (error(); as sentence) {
      <p class="field-error" role="alert">{{ sentence }}</p>
    }
  `,
  styles: `
    :host {
      flex: 1;
      min-width: 0;
    }
    .input {
      height: 26px;
      margin: 1px 0;
      padding: 0 6px;
    }
    .field-error {
      padding: 2px 0 4px;
    }
  `,
})
export class InlineName {
  readonly label = input.required<string>();
  readonly value = input('');
  readonly check = input.required<(name: string) => string | null>();
  readonly done = output<string | null>();
  private readonly field = viewChild.required<ElementRef<HTMLInputElement>>('field');
  protected readonly text = linkedSignal(() => this.value());
  protected readonly touched = signal(false);
  private tried = false;
  private ended = false;
  protected readonly error = computed(() =>
    this.touched() && (this.text() !== '' || this.tried) ? this.check()(this.text().trim()) : null,
  );

  constructor() {
    afterNextRender(() => {
      const element = this.field().nativeElement;
      element.focus();
      // As in file managers: the name without its extension is selected.
      const dot = element.value.lastIndexOf('.');
      element.setSelectionRange(0, dot > 0 ? dot : element.value.length);
    });
  }

  protected finish(): void {
    this.tried = true;
    this.touched.set(true);
    const name = this.text().trim();
    if (this.check()(name) === null) this.end(name);
  }

  protected cancel(event: Event): void {
    event.stopPropagation();
    this.end(null);
  }

  protected leave(): void {
    const name = this.text().trim();
    this.end(this.check()(name) === null ? name : null);
  }

  private end(name: string | null): void {
    if (this.ended) return;
    this.ended = true;
    this.done.emit(name);
  }
}
