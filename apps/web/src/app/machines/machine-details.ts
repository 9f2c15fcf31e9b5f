import { ChangeDetectionStrategy, Component, computed, inject, input, linkedSignal, signal } from '@angular/core';
import { MatDialog } from '@angular/material/dialog';
import type { MachineView, UpdateMachine } from '@mle/protocol';
import { bytes, memory } from '../core/format';
import { toRequestError, type RequestError } from '../core/problem';
import { Icon } from '../ui/icon';
import { MachineOutput } from './machine-output';
import { MachinesApi } from './machines-api';
import { MachinesStore } from './machines-store';

/** What is known of a machine, and what an administrator can change. */
@Component({
  selector: 'mle-machine-details',
  imports: [Icon, MachineOutput],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <div class="head">
      <h2>{{ machine().name }}</h2>
      <span class="muted">worker {{ machine().version ?? 'not seen yet' }}</span>
      @for (label of machine().labels; track label) {
        <span class="chip">{{ label }}</span>
      }
      <span class="segments" role="group" aria-label="View of the machine">
        <button type="button" [attr.aria-pressed]="view() === 'output'" (click)="view.set('output')">Output</button>
        <button type="button" [attr.aria-pressed]="view() === 'configuration'" (click)="view.set('configuration')">Configuration</button>
      </span>
    </div>
    @if (view() === 'output') {
      <mle-machine-output class="output" [machineId]="machine().id" />
    } @else {
      <div class="columns scroll">
        <dl>
          @for (fact of facts(); track fact.name) {
            <dt>{{ fact.name }}</dt>
            <dd>{{ fact.value }}</dd>
          }
        </dl>
        @if (admin()) {
          <form (submit)="save($event)">
            <label class="field">
              <span class="label">Name</span>
              <input #name class="input" type="text" autocomplete="off" spellcheck="false" [value]="nameText()" [attr.aria-invalid]="!!failure()?.field('name')" (input)="nameText.set(name.value)" />
              @if (failure()?.field('name'); as text) {
                <span class="field-error" role="alert">{{ text }}</span>
              }
            </label>
            <label class="field">
              <span class="label">Slots: runs at the same time</span>
              <input #slots class="input" type="number" min="1" max="64" [value]="slotsText()" [attr.aria-invalid]="!!failure()?.field('slots')" (input)="slotsText.set(slots.value)" />
              @if (failure()?.field('slots'); as text) {
                <span class="field-error" role="alert">{{ text }}</span>
              }
            </label>
            <label class="field">
              <span class="label">Labels, parted by blanks</span>
              <input #labels class="input" type="text" autocomplete="off" spellcheck="false" [value]="labelsText()" (input)="labelsText.set(labels.value)" />
            </label>
            @if (failure(); as problem) {
              @if (!problem.field('name') && !problem.field('slots')) {
                <p class="field-error" role="alert">{{ problem.fields[0]?.message ?? problem.message }}</p>
              }
            }
            <div class="row">
              <button type="submit" class="btn" [disabled]="!changed() || busy()">Save</button>
              <label class="check"><input #take type="checkbox" [checked]="machine().state !== 'draining'" [disabled]="machine().state === 'offline'" (change)="drain(!take.checked)" />Take new runs</label>
              <span class="grow"></span>
              <button type="button" class="btn ghost" (click)="remove()"><mle-icon name="trash" />Remove</button>
            </div>
          </form>
        }
      </div>
    }
  `,
  styles: `
    :host {
      display: flex;
      flex-direction: column;
      border-top: 1px solid var(--border);
    }
    .head {
      display: flex;
      align-items: center;
      flex-wrap: wrap;
      gap: 8px;
      padding: 12px 16px;
      background: var(--canvas);
      border-bottom: 1px solid var(--border);
    }
    .output,
    .columns {
      flex: 1;
    }
    .segments {
      margin-left: auto;
    }
    .columns {
      display: grid;
      grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
      gap: 24px;
      padding: 16px;
    }
    dl {
      display: grid;
      grid-template-columns: 120px minmax(0, 1fr);
      gap: 6px 16px;
      align-content: start;
    }
    dt {
      color: var(--text-muted);
    }
    dd {
      overflow-wrap: anywhere;
    }
    form {
      display: grid;
      gap: 12px;
      align-content: start;
      max-width: 420px;
    }
    @media (max-width: 719px) {
      .columns {
        grid-template-columns: minmax(0, 1fr);
      }
    }
  `,
})
export class MachineDetails {
  readonly machine = input.required<MachineView>();
  readonly admin = input(false);
  private readonly api = inject(MachinesApi);
  private readonly store = inject(MachinesStore);
  private readonly dialog = inject(MatDialog);
  // By id and value: a heartbeat must not take away what is being typed.
  private readonly id = computed(() => this.machine().id);
  private readonly labels = computed(() => this.machine().labels.join(' '));
  protected readonly nameText = linkedSignal({ source: () => `${this.id()} ${this.machine().name}`, computation: () => this.machine().name });
  protected readonly slotsText = linkedSignal({ source: () => `${this.id()} ${this.machine().slots}`, computation: () => String(this.machine().slots) });
  protected readonly labelsText = linkedSignal({ source: () => `${this.id()} ${this.labels()}`, computation: () => this.labels() });
  protected readonly view = signal<'output' | 'configuration'>('output');
  protected readonly busy = signal(false);
  protected readonly failure = signal<RequestError | null>(null);
  protected readonly changed = computed(() => this.nameText() !== this.machine().name || Number(this.slotsText()) !== this.machine().slots || this.labelsText().trim() !== this.labels());

  protected readonly facts = computed(() => {
    const { inventory, properties } = this.machine();
    const facts: { name: string; value: string }[] = [];
    if (inventory) {
      facts.push({ name: 'Host', value: inventory.hostname }, { name: 'System', value: `${inventory.platform} ${inventory.arch}` });
      facts.push({ name: 'Processor', value: `${inventory.cpus} × ${inventory.cpuModel}` }, { name: 'Memory', value: memory(inventory.memoryBytes) });
      if (inventory.diskFreeBytes !== null) facts.push({ name: 'Disk free', value: bytes(inventory.diskFreeBytes) });
      facts.push({ name: 'GPU', value: inventory.gpus.map((gpu) => `${gpu.name}, ${memory(gpu.memoryBytes)}`).join('; ') || 'none' });
      facts.push({ name: 'Python', value: inventory.python ?? 'not found' }, { name: 'Node.js', value: inventory.node });
      facts.push({ name: 'Runs as', value: inventory.isolated ? 'a user of their own' : 'the user of the worker' });
    }
    for (const [name, value] of Object.entries(properties)) facts.push({ name, value: typeof value === 'string' ? value : JSON.stringify(value) });
    return facts;
  });

  protected async save(event: Event): Promise<void> {
    event.preventDefault();
    await this.change({ name: this.nameText().trim(), slots: Number(this.slotsText()), labels: this.labelsText().split(/\s+/).filter(Boolean) });
  }

  protected async drain(drain: boolean): Promise<void> {
    await this.change({ drain });
  }

  protected async remove(): Promise<void> {
    const { ConfirmDialog } = await import('../ui/confirm-dialog');
    const machine = this.machine();
    const act = async () => {
      await this.api.remove(machine.id);
      this.store.drop(machine.id);
    };
    const text = 'Its worker can no longer connect, and has to join anew. Its runs and their output stay.';
    this.dialog.open(ConfirmDialog, { ariaLabel: `Remove ${machine.name}?`, restoreFocus: true, autoFocus: '[cdkFocusInitial]', data: { title: `Remove ${machine.name}?`, text, verb: 'Remove', act } });
  }

  private async change(change: UpdateMachine): Promise<void> {
    this.busy.set(true);
    this.failure.set(null);
    try {
      this.store.put(await this.api.update(this.machine().id, change));
    } catch (error) {
      this.failure.set(toRequestError(error));
    } finally {
      this.busy.set(false);
    }
  }
}
