import { ChangeDetectionStrategy, Component, inject, signal } from '@angular/core';
import type { Quotas } from '@mle/protocol';
import { type RequestError, toRequestError } from '../core/problem';
import { ServerState } from '../core/server-state';
import { Icon } from '../ui/icon';
import { SettingsApi } from './settings-api';

const GB = 1e9;

/** A number as it is typed; `scale`: of one that stands for so many of what is stored. */
interface Field {
  name: keyof Quotas;
  label: string;
  scale: number;
  optional: boolean;
}

const FIELDS: readonly Field[] = [
  { name: 'projects', label: 'Projects of each user', scale: 1, optional: false },
  { name: 'runs', label: 'Runs of each user', scale: 1, optional: false },
  { name: 'bytes', label: 'GB of each user: files, output and artifacts', scale: GB, optional: false },
  { name: 'keepRuns', label: 'Keep the newest runs of each user', scale: 1, optional: true },
  { name: 'keepRunBytes', label: 'Keep so many GB of runs of each user', scale: GB, optional: true },
];

/** What each user may keep, and which runs go by age. */
@Component({
  selector: 'mle-quotas-form',
  imports: [Icon],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <form novalidate (submit)="save($event)">
      @for (field of fields; track field.name) {
        @if (field.name === 'keepRuns') {
          <p class="muted">
            Older runs are removed in the background, with their output and artifacts. Runs with a tag stay. Empty: none
            are removed.
          </p>
        }
        <label class="field">
          <span class="label">{{ field.label }}</span>
          <input
            class="input"
            type="number"
            min="0"
            step="any"
            [value]="shown(field)"
            [disabled]="quotas() === null"
            [attr.aria-invalid]="!!failure()?.field(field.name)"
            (input)="type(field, $event)"
          />
          @if (failure()?.field(field.name); as text) {
            <span class="field-error" role="alert">{{ text }}</span>
          }
        </label>
      }
      @if (failure(); as problem) {
        @if (!named(problem)) {
          <p class="field-error" role="alert">{{ problem.message }}</p>
        }
      }
      <div class="row">
        <button type="submit" class="btn" [disabled]="server.refusal() !== null" [title]="server.refusal() ?? ''">
          Save what users may keep
        </button>
        @if (done()) {
          <span class="row good" role="status"><mle-icon name="check" />Saved</span>
        }
      </div>
    </form>
  `,
  styles: `
    form {
      display: grid;
      gap: 12px;
      max-width: 320px;
      margin-top: 24px;
    }
  `,
})
export class QuotasForm {
  private readonly api = inject(SettingsApi);
  protected readonly server = inject(ServerState);
  protected readonly fields = FIELDS;
  protected readonly quotas = signal<Quotas | null>(null);
  protected readonly failure = signal<RequestError | null>(null);
  protected readonly done = signal(false);
  private typed: Partial<Record<keyof Quotas, number | null>> = {};

  constructor() {
    void this.attempt(() => this.api.quotas());
  }

  protected shown({ name, scale }: Field): string {
    const value = this.quotas()?.[name] ?? null;
    return value === null ? '' : String(value / scale);
  }

  protected type({ name, scale, optional }: Field, event: Event): void {
    const { value, valueAsNumber } = event.target as HTMLInputElement;
    this.done.set(false);
    // What is no number is no quota, and the server says so.
    this.typed[name] = optional && value.trim() === '' ? null : Math.round((valueAsNumber || 0) * scale);
  }

  protected named(problem: RequestError): boolean {
    return FIELDS.some(({ name }) => problem.field(name));
  }

  protected async save(event: Event): Promise<void> {
    event.preventDefault();
    const known = this.quotas();
    if (known === null) return;
    this.done.set(false);
    const quotas = { ...known, ...this.typed } as Quotas;
    if (await this.attempt(() => this.api.setQuotas(quotas))) this.done.set(true);
  }

  private async attempt(ask: () => Promise<Quotas>): Promise<boolean> {
    this.failure.set(null);
    try {
      this.quotas.set(await ask());
      this.typed = {};
      return true;
    } catch (error) {
      this.failure.set(toRequestError(error));
      return false;
    }
  }
}
