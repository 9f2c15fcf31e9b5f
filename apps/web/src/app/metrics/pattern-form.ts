import { ChangeDetectionStrategy, Component, computed, effect, inject, input, output, signal } from '@angular/core';
import type { MetricAxis, MetricPattern, MetricPreview, RunView } from '@mle/protocol';
import { shownNumber } from '@mle/protocol/shown-number';
import { plural } from '../core/format';
import { sentence } from '../core/problem';
import { Icon } from '../ui/icon';
import { MetricSettingsApi } from './metric-settings-api';

/** Typing goes on: the server is asked when it rests. */
const REST_MS = 250;
const AXES: readonly { key: MetricAxis; label: string }[] = [
  { key: 'epoch', label: 'epoch' },
  { key: 'step', label: 'step' },
  { key: 'index', label: 'line' },
];

/** A line with `{name}` and `{x}`, and what it reads of the run while one types. */
@Component({
  selector: 'mle-pattern-form',
  imports: [Icon],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <form (submit)="$event.preventDefault(); save()">
      <label class="field"
        >Pattern: {{ '{name}' }} where a number stands, {{ '{x}' }} where its place does
        <input
          #box
          class="input mono"
          [value]="text()"
          placeholder="best so far: {best} at epoch {x}"
          (input)="text.set(box.value)"
        />
      </label>
      <div class="row">
        <span class="muted">x</span>
        <span class="segments" role="group" aria-label="What x counts">
          @for (item of axes; track item.key) {
            <button type="button" [attr.aria-pressed]="axis() === item.key" (click)="choose(item.key)">
              {{ item.label }}
            </button>
          }
        </span>
      </div>
      @if (failure() || preview()?.problem; as problem) {
        <p class="field-error">{{ problem }}</p>
      } @else if (preview(); as shown) {
        <p class="says" role="status">
          Reads {{ shown.read }} of {{ lines(shown.lines) }}{{ shown.partly ? ', the last ones' : '' }}; past runs are
          read again
        </p>
        <ul class="read">
          @for (item of items(); track item.line) {
            <li>
              <span class="muted">{{ item.line }}</span>
              <code class="mono">
                @for (part of item.parts; track $index) {
                  <mark [class.no]="!part.marked">{{ part.text }}</mark>
                }
              </code>
              <b class="mono">{{ item.says }}</b>
            </li>
          }
        </ul>
      }
      <div class="row">
        <button type="submit" class="btn primary small" [disabled]="!ready()">
          <mle-icon name="check" />Save for this project
        </button>
        <button type="button" class="btn small" (click)="closed.emit()">Cancel</button>
      </div>
    </form>
  `,
  styles: `
    :host {
      display: block;
      padding: 12px 16px;
      background: var(--sunken);
      border-bottom: 1px solid var(--border);
    }
    form,
    .field {
      display: grid;
      gap: 8px;
    }
    .row {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: 8px;
    }
    .segments {
      display: inline-flex;
    }
    .read {
      margin: 0;
      padding: 0;
      max-height: 180px;
      overflow: auto;
      list-style: none;
      background: var(--surface);
      border: 1px solid var(--border);
      border-radius: var(--radius);
      li {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr) auto;
        gap: 8px;
        padding: 4px 8px;
        font: var(--code-12);
      }
      code {
        overflow: hidden;
        white-space: pre;
        text-overflow: ellipsis;
      }
      b {
        color: var(--success);
      }
    }
    mark {
      background: var(--warning-soft);
      color: inherit;
      &.no {
        background: none;
      }
    }
  `,
})
export class PatternForm {
  readonly run = input.required<RunView>();
  readonly chosen = output<MetricPattern>();
  readonly closed = output();
  private readonly api = inject(MetricSettingsApi);
  protected readonly axes = AXES;
  protected readonly text = signal('');
  protected readonly axis = signal<MetricAxis | null>(null);
  protected readonly preview = signal<MetricPreview | null>(null);
  protected readonly failure = signal<string | null>(null);
  protected readonly ready = computed(() => (this.preview()?.read ?? 0) > 0 && this.failure() === null);
  protected readonly lines = (count: number): string => plural(count, 'line');
  protected readonly items = computed(() =>
    (this.preview()?.items ?? []).map(({ line, text, x, values, marks }) => ({
      line,
      parts: parts(text, marks),
      says: Object.values(values)
        .map((value) => (x === null ? shownNumber(value) : `${x} → ${shownNumber(value)}`))
        .join(', '),
    })),
  );
  private readonly pattern = computed<MetricPattern>(() => {
    const axis = this.axis();
    return { text: this.text().trim(), ...(axis !== null && { axis }) };
  });

  constructor() {
    effect((onCleanup) => {
      const pattern = this.pattern();
      const { id, projectId } = this.run();
      if (pattern.text === '') return this.preview.set(null);
      let isOld = false;
      const timer = setTimeout(() => {
        this.api.preview(projectId, id, pattern).then(
          (preview) => {
            if (isOld) return;
            this.preview.set(preview);
            this.failure.set(null);
          },
          (error: unknown) => {
            if (!isOld) this.failure.set(sentence(error));
          },
        );
      }, REST_MS);
      onCleanup(() => {
        isOld = true;
        clearTimeout(timer);
      });
    });
  }

  protected choose(axis: MetricAxis): void {
    this.axis.update((before) => (before === axis ? null : axis));
  }

  protected save(): void {
    if (this.ready()) this.chosen.emit(this.pattern());
  }
}

/** A text cut where marks begin and end. */
export function parts(
  text: string,
  marks: readonly { from: number; to: number }[],
): { text: string; marked: boolean }[] {
  const cut: { text: string; marked: boolean }[] = [];
  let at = 0;
  for (const { from, to } of [...marks].sort((a, b) => a.from - b.from)) {
    if (from > at) cut.push({ text: text.slice(at, from), marked: false });
    if (to > from) cut.push({ text: text.slice(Math.max(at, from), to), marked: true });
    at = Math.max(at, to);
  }
  if (at < text.length) cut.push({ text: text.slice(at), marked: false });
  return cut;
}
