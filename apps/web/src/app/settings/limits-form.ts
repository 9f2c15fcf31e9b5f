import { ChangeDetectionStrategy, Component, inject, signal } from '@angular/core';
import type { Budget } from '@mle/protocol';
import { type RequestError, toRequestError } from '../core/problem';
import { ServerState } from '../core/server-state';
import { InstancesApi } from '../instances/instances-api';
import { Icon } from '../ui/icon';

/** How many instances there may be at once, and what they may cost. */
@Component({
  selector: 'mle-limits-form',
  imports: [Icon],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <p class="muted">Checked before every launch. Instances that live stay, also those that are stopped.</p>
    <form
      novalidate
      (submit)="
        save($event, {
          instances: instances.valueAsNumber,
          dollarsPerHour: dollarsPerHour.valueAsNumber,
          dollarsPerMonth: dollarsPerMonth.valueAsNumber,
          memberDollarsPerMonth: memberDollarsPerMonth.valueAsNumber,
        })
      "
    >
      <label class="field">
        <span class="label">Instances at once</span>
        <input
          #instances
          class="input"
          type="number"
          min="0"
          max="64"
          [value]="limit()?.instances ?? ''"
          [disabled]="limit() === null"
          [attr.aria-invalid]="!!failure()"
          (input)="done.set(false)"
        />
        @if (failure()?.field('instances'); as text) {
          <span class="field-error" role="alert">{{ text }}</span>
        }
      </label>
      <label class="field">
        <span class="label">Dollars per hour, all together</span>
        <input
          #dollarsPerHour
          class="input"
          type="number"
          min="0"
          step="any"
          [value]="limit()?.dollarsPerHour ?? ''"
          [disabled]="limit() === null"
          [attr.aria-invalid]="!!failure()"
          (input)="done.set(false)"
        />
        @if (failure()?.field('dollarsPerHour'); as text) {
          <span class="field-error" role="alert">{{ text }}</span>
        }
      </label>
      <label class="field">
        <span class="label">Dollars per month, as if each ran to its end</span>
        <input
          #dollarsPerMonth
          class="input"
          type="number"
          min="0"
          step="any"
          [value]="limit()?.dollarsPerMonth ?? ''"
          [disabled]="limit() === null"
          [attr.aria-invalid]="!!failure()"
          (input)="done.set(false)"
        />
        @if (failure()?.field('dollarsPerMonth'); as text) {
          <span class="field-error" role="alert">{{ text }}</span>
        }
      </label>
      <label class="field">
        <span class="label">Dollars per month for each member, 0: administrators launch alone</span>
        <input
          #memberDollarsPerMonth
          class="input"
          type="number"
          min="0"
          step="any"
          [value]="limit()?.memberDollarsPerMonth ?? ''"
          [disabled]="limit() === null"
          [attr.aria-invalid]="!!failure()"
          (input)="done.set(false)"
        />
        @if (failure()?.field('memberDollarsPerMonth'); as text) {
          <span class="field-error" role="alert">{{ text }}</span>
        }
      </label>
      @if (failure(); as problem) {
        <span class="field-error" role="alert">{{ problem.message }}</span>
      }
      <div class="row">
        <button type="submit" class="btn" [disabled]="server.refusal() !== null" [title]="server.refusal() ?? ''">
          Save the limits
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
      margin-top: 12px;
    }
  `,
})
export class LimitsForm {
  private readonly api = inject(InstancesApi);
  protected readonly server = inject(ServerState);
  protected readonly limit = signal<Budget | null>(null);
  protected readonly failure = signal<RequestError | null>(null);
  protected readonly done = signal(false);

  constructor() {
    void this.load();
  }

  protected async save(event: Event, limit: Budget): Promise<void> {
    event.preventDefault();
    this.failure.set(null);
    this.done.set(false);
    try {
      this.limit.set(await this.api.setBudget(limit));
      this.done.set(true);
    } catch (error) {
      this.failure.set(toRequestError(error));
    }
  }

  private async load(): Promise<void> {
    try {
      this.limit.set(await this.api.budget());
    } catch (error) {
      this.failure.set(toRequestError(error));
    }
  }
}
