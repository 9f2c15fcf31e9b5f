import { ChangeDetectionStrategy, Component, computed, inject, input, linkedSignal } from '@angular/core';
import { MatDialog } from '@angular/material/dialog';
import { RouterLink } from '@angular/router';
import type { MachineView, UpdateMachine } from '@mle/protocol';
import { toRequestError } from '../../core/problem';
import { ServerState } from '../../core/server-state';
import { LabelEditor } from '../../machines/label-editor';
import { MachineEdits } from '../../machines/machine-edits';
import { membersHint, removalText } from '../../machines/machine-words';
import { MachinesApi } from '../../machines/machines-api';
import { MachinesStore } from '../../machines/machines-store';
import { PoolsStore } from '../../pools/pools-store';
import { confirm } from '../../ui/confirm';
import { Icon } from '../../ui/icon';

type Field = 'takesMembers' | 'slots' | 'labels' | 'poolIds' | 'lostAfterSeconds';

/** What an administrator sets at a machine; each change is saved by itself. Others read it. */
@Component({
  selector: 'mle-machine-settings',
  imports: [Icon, LabelEditor, RouterLink],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './machine-settings.html',
  styles: `
    fieldset {
      display: grid;
      gap: 16px;
      margin: 0;
      padding: 0;
      border: 0;
      min-width: 0;
    }
    h3 {
      margin-bottom: 6px;
    }
    .number {
      display: flex;
      align-items: center;
      gap: 8px;
      .input {
        width: 88px;
      }
    }
    .pools {
      display: grid;
      gap: 2px;
    }
    .check {
      min-height: 28px;
    }
    p a {
      text-decoration: underline;
      text-underline-offset: 2px;
    }
    .remove {
      justify-self: start;
    }
    @media (max-width: 719px) {
      .check {
        min-height: 36px;
      }
    }
  `,
})
export class MachineSettings {
  readonly machine = input.required<MachineView>();
  readonly admin = input(false);
  private readonly api = inject(MachinesApi);
  private readonly store = inject(MachinesStore);
  private readonly edits = inject(MachineEdits);
  private readonly dialog = inject(MatDialog);
  private readonly server = inject(ServerState);
  protected readonly pools = inject(PoolsStore);
  protected readonly offline = computed(() => this.server.offlineSince() !== null);
  private readonly id = computed(() => this.machine().id);
  protected readonly problem = linkedSignal<string, { field: Field; text: string } | null>({
    source: this.id,
    computation: () => null,
  });

  protected readonly membersHint = computed(() => membersHint(this.machine()));

  protected textOf(field: Field): string | null {
    const problem = this.problem();
    return problem?.field === field ? problem.text : null;
  }

  protected async saveSlots(input: HTMLInputElement): Promise<void> {
    const slots = Number(input.value);
    if (!Number.isInteger(slots) || slots < 1 || slots > 64)
      return this.problem.set({ field: 'slots', text: 'Give a whole number from 1 to 64.' });
    if (slots !== this.machine().slots)
      await this.save(
        'slots',
        { slots },
        `${this.machine().name} takes ${slots === 1 ? '1 run' : `${slots} runs`} at a time`,
      );
    else this.problem.set(null);
    input.value = String(this.machine().slots);
  }

  protected async saveLostAfter(input: HTMLInputElement): Promise<void> {
    const text = input.value.trim();
    const seconds = text === '' ? null : Number(text);
    // What is no number reads as empty; then the field says so itself.
    if (
      input.validity.badInput ||
      (seconds !== null && (!Number.isInteger(seconds) || seconds < 2 || seconds > 86_400))
    ) {
      return this.problem.set({
        field: 'lostAfterSeconds',
        text: 'Give a whole number of seconds from 2 to 86400, or nothing.',
      });
    }
    if (seconds !== this.machine().lostAfterSeconds) await this.save('lostAfterSeconds', { lostAfterSeconds: seconds });
    else this.problem.set(null);
  }

  protected async saveTakesMembers(box: HTMLInputElement): Promise<void> {
    await this.save('takesMembers', { takesMembers: box.checked });
    box.checked = this.machine().takesMembers;
  }

  protected saveLabels(labels: string[]): Promise<void> {
    return this.save('labels', { labels }, `The labels of ${this.machine().name} have changed`);
  }

  protected async toggle(poolId: string, box: HTMLInputElement): Promise<void> {
    const others = this.machine().poolIds.filter((id) => id !== poolId);
    await this.save('poolIds', { poolIds: box.checked ? [...others, poolId] : others });
    box.checked = this.machine().poolIds.includes(poolId);
  }

  protected async remove(): Promise<void> {
    const machine = this.machine();
    const act = async () => {
      await this.api.remove(machine.id);
      this.store.drop(machine.id);
    };
    const title = `Remove ${machine.name}?`;
    await confirm(this.dialog, { title, text: removalText(machine), verb: 'Remove', act });
  }

  private async save(field: Field, change: UpdateMachine, said: string | null = null): Promise<void> {
    this.problem.set(null);
    try {
      await this.edits.apply(this.machine(), change, said);
    } catch (error) {
      const problem = toRequestError(error);
      this.problem.set({ field, text: problem.fields[0]?.message ?? problem.message });
    }
  }
}
