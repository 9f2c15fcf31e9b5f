import { ChangeDetectionStrategy, Component, computed, inject, input, signal } from '@angular/core';
import { Toasts } from '../core/toasts';
import { Icon } from '../ui/icon';

const PYTHON = 'print(f"#loss {epoch} {loss}", flush=True)';
const JAVASCRIPT = 'console.log(`#loss ${epoch} ${loss}`);';

/** The line of code that makes a chart, ready to be taken along. */
@Component({
  selector: 'mle-sample-line',
  imports: [Icon],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <code class="mono">{{ line() }}</code>
    <button type="button" class="btn small" (click)="copy()">
      <mle-icon [name]="copied() ? 'check' : 'copy'" />{{ copied() ? 'Copied' : 'Copy the line' }}
    </button>
    <span class="sr" role="status">{{ copied() ? 'Copied' : '' }}</span>
  `,
  styles: `
    :host {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      justify-content: center;
      gap: 8px;
    }
    code {
      padding: 4px 8px;
      border-radius: var(--radius);
      background: var(--sunken);
      font: var(--code-12);
      overflow-wrap: anywhere;
      user-select: all;
    }
  `,
})
export class SampleLine {
  /** Whose language the line is in. */
  readonly file = input<string | null>(null);
  private readonly toasts = inject(Toasts);
  protected readonly copied = signal(false);
  protected readonly line = computed(() => (/\.(m?js|ts)$/.test(this.file() ?? '') ? JAVASCRIPT : PYTHON));

  protected async copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(this.line());
      this.copied.set(true);
      setTimeout(() => this.copied.set(false), 2_000);
    } catch {
      this.toasts.error('The browser did not allow copying. Select the line and copy it.');
    }
  }
}
