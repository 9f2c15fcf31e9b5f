import { ChangeDetectionStrategy, Component, computed, inject, signal } from '@angular/core';
import { MatDialogRef } from '@angular/material/dialog';
import type { Budget, InstanceType } from '@mle/protocol';
import { plural } from '../../core/format';
import { type RequestError, sentence, toRequestError } from '../../core/problem';
import { dollars, isEnded } from '../../instances/instance-words';
import { InstancesApi } from '../../instances/instances-api';
import { InstancesStore } from '../../instances/instances-store';
import { PoolsStore } from '../../pools/pools-store';
import { Icon } from '../../ui/icon';
import { Notice } from '../../ui/notice';

const LIFETIMES = [1, 3, 8, 24, 72];
const IDLE = [15, 30, 60, 240];

/** Asks what to launch; says before the click how it ends and what it costs. */
@Component({
  selector: 'mle-launch-dialog',
  imports: [Icon, Notice],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <div class="dialog-form">
      <header>
        <h1>Launch an instance</h1>
        <button type="button" class="ib" aria-label="Close" (click)="ref.close()"><mle-icon name="x" /></button>
      </header>
      <div class="body">
        <p class="hint">
          Further workers on this computer, each with a queue, a pool and an end of its own. They share its memory and
          its GPUs.
        </p>
        @if (loading(); as text) {
          <mle-notice role="alert">{{ text }}</mle-notice>
        }
        <fieldset>
          <legend class="label">Type</legend>
          <div class="types">
            @for (item of types(); track item.type) {
              <label class="type" [class.on]="item.type === type()">
                <input type="radio" name="type" [checked]="item.type === type()" (change)="type.set(item.type)" />
                <span class="mono">{{ item.type }}</span>
                <span class="muted">{{ words(item) }}</span>
                <span class="price">{{ dollars(item.pricePerHour) }} per hour</span>
              </label>
            }
          </div>
        </fieldset>
        <form id="launch-instance" class="fields" novalidate (submit)="launch($event, name.value, pool.value)">
          <label class="field">
            <span class="label">Count</span>
            <input
              #many
              class="input"
              type="number"
              min="1"
              [max]="room()"
              [value]="count()"
              [attr.aria-invalid]="!!failure()?.field('count')"
              (input)="count.set(many.valueAsNumber || 1)"
            />
          </label>
          <label class="field">
            <span class="label">Name</span>
            <input #name class="input" type="text" placeholder="local" autocomplete="off" spellcheck="false" />
            @if (failure()?.field('name'); as text) {
              <span class="field-error" role="alert">{{ text }}</span>
            }
          </label>
          <label class="field">
            <span class="label">Pool</span>
            <select #pool class="input">
              <option value="">none</option>
              @for (item of pools.list(); track item.id) {
                <option [value]="item.id">{{ item.name }}</option>
              }
            </select>
          </label>
          <label class="field">
            <span class="label">Lives at most</span>
            <select #life class="input" (change)="hours.set(+life.value)">
              @for (item of lifetimes; track item) {
                <option [value]="item" [selected]="item === hours()">{{ hoursOf(item) }}</option>
              }
            </select>
          </label>
          <label class="field">
            <span class="label">Stops when idle</span>
            <select #rest class="input" (change)="idle.set(+rest.value || null)">
              @for (item of idleTimes; track item) {
                <option [value]="item" [selected]="item === idle()">after {{ item }} min</option>
              }
              <option value="0">never</option>
            </select>
          </label>
        </form>
        <mle-notice tone="plain">{{ ends() }}</mle-notice>
        @if (failure(); as problem) {
          @if (!problem.field('name')) {
            <mle-notice role="alert">{{ problem.message }}</mle-notice>
          }
        }
      </div>
      <footer>
        <span class="sum">
          <b>At most {{ atMost() }}</b> for {{ hoursOf(hours()) }}.
          @if (budget(); as limit) {
            {{ living() }} of {{ plural(limit.instances, 'instance') }} there.
          }
        </span>
        <button type="button" class="btn" (click)="ref.close()">Cancel</button>
        <button type="submit" form="launch-instance" class="btn primary" [disabled]="busy() || !type()">
          {{ busy() ? 'Launching' : count() > 1 ? 'Launch ' + count() : 'Launch' }}
        </button>
      </footer>
    </div>
  `,
  styles: `
    .dialog-form {
      width: 560px;
    }
    fieldset {
      margin: 0;
      padding: 0;
      border: 0;
    }
    .types {
      border: 1px solid var(--border);
      border-radius: var(--radius);
    }
    legend {
      padding: 0;
      margin-bottom: 4px;
      font: var(--text-12);
      font-weight: var(--weight-medium);
    }
    .type {
      display: flex;
      align-items: center;
      gap: 12px;
      min-height: 36px;
      padding: 0 12px;
      cursor: pointer;
    }
    .type + .type {
      border-top: 1px solid var(--border);
    }
    .type.on {
      background: var(--selected);
    }
    .type input {
      width: 16px;
      height: 16px;
      margin: 0;
      accent-color: var(--accent);
    }
    .price {
      margin-left: auto;
    }
    .fields {
      display: grid;
      grid-template-columns: 1fr 1fr;
      gap: 12px;
    }
    footer {
      align-items: center;
    }
    .sum {
      margin-right: auto;
      color: var(--text-muted);
    }
    .sum b {
      color: var(--text);
    }
    @media (max-width: 719px) {
      footer {
        flex-wrap: wrap;
      }
      .sum {
        width: 100%;
      }
      footer .primary {
        flex: 1;
      }
      footer .btn {
        height: 40px;
      }
    }
  `,
})
export class LaunchDialog {
  protected readonly ref = inject<MatDialogRef<LaunchDialog>>(MatDialogRef);
  private readonly api = inject(InstancesApi);
  private readonly store = inject(InstancesStore);
  protected readonly pools = inject(PoolsStore);
  protected readonly types = signal<InstanceType[]>([]);
  protected readonly budget = signal<Budget | null>(null);
  protected readonly type = signal<string | null>(null);
  protected readonly count = signal(1);
  protected readonly hours = signal(3);
  protected readonly idle = signal<number | null>(15);
  protected readonly busy = signal(false);
  protected readonly loading = signal<string | null>(null);
  protected readonly failure = signal<RequestError | null>(null);
  protected readonly lifetimes = LIFETIMES;
  protected readonly idleTimes = IDLE;
  protected readonly plural = plural;
  protected readonly dollars = dollars;
  protected readonly atMost = computed(() => {
    const price = this.types().find(({ type }) => type === this.type())?.pricePerHour ?? 0;
    return dollars(price * this.hours() * this.count());
  });
  protected readonly living = computed(() => this.store.list().filter((instance) => !isEnded(instance)).length);
  protected readonly room = computed(() => Math.max(1, (this.budget()?.instances ?? 1) - this.living()));
  protected readonly ends = computed(() => {
    const idle = this.idle();
    const rest = idle === null ? '' : ` It stops after ${idle} idle minutes, and can be started again.`;
    return `It is terminated after ${this.hoursOf(this.hours())}, even if this page is closed.${rest} It ends with this server by Ctrl-C, and comes back with its next start.`;
  });
  /** A second click, or a second try after a lost answer, launches nothing more. */
  private key = crypto.randomUUID();

  constructor() {
    void this.load();
  }

  protected words({ cpus, memoryGb }: InstanceType): string {
    return `${plural(cpus, 'CPU')}, up to ${memoryGb} GB`;
  }

  protected hoursOf(hours: number): string {
    return plural(hours, 'hour');
  }

  protected async launch(event: Event, name: string, poolId: string): Promise<void> {
    event.preventDefault();
    const type = this.type();
    if (this.busy() || type === null) return;
    this.busy.set(true);
    this.failure.set(null);
    try {
      const launched = await this.api.launch(
        {
          provider: 'local',
          type,
          count: this.count(),
          lifetimeHours: this.hours(),
          idleMinutes: this.idle(),
          ...(name.trim() && { name: name.trim() }),
          ...(poolId && { poolId }),
        },
        this.key,
      );
      for (const instance of launched) this.store.put(instance);
      this.ref.close();
    } catch (error) {
      this.failure.set(toRequestError(error));
      // What was refused is another request once it is corrected.
      this.key = crypto.randomUUID();
    } finally {
      this.busy.set(false);
    }
  }

  private async load(): Promise<void> {
    try {
      const [types, budget] = await Promise.all([this.api.types('local'), this.api.budget()]);
      this.types.set(types);
      this.budget.set(budget);
      this.type.set(types[0]?.type ?? null);
    } catch (error) {
      this.loading.set(sentence(error));
    }
  }
}
