import { ChangeDetectionStrategy, Component, computed, inject, input, linkedSignal, signal } from '@angular/core';
import type { MachineView, UpdateMachine } from '@mle/protocol';
import { toRequestError } from '../../core/problem';
import { ServerState } from '../../core/server-state';
import { MachineEdits } from '../../machines/machine-edits';
import { absence, factsOf } from '../../machines/machine-words';
import { PoolsStore } from '../../pools/pools-store';
import { Icon } from '../../ui/icon';
import { NameHeading } from '../../ui/name-heading';
import { Notice } from '../../ui/notice';
import { MachineOutput } from './machine-output';
import { MachineSettings } from './machine-settings';

/** The selected machine: what its run prints, or what is known of it and what an administrator can change. */
@Component({
  selector: 'mle-machine-details',
  imports: [Icon, MachineOutput, MachineSettings, NameHeading, Notice],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './machine-details.html',
  styleUrl: './machine-details.scss',
})
export class MachineDetails {
  readonly machine = input.required<MachineView>();
  readonly admin = input(false);
  private readonly edits = inject(MachineEdits);
  private readonly pools = inject(PoolsStore);
  private readonly server = inject(ServerState);
  private readonly id = computed(() => this.machine().id);
  protected readonly view = signal<'output' | 'settings'>('output');
  // Of one machine: the next one begins without it.
  protected readonly failure = linkedSignal<string, string | null>({ source: this.id, computation: () => null });
  protected readonly offline = computed(() => this.server.offlineSince() !== null);
  protected readonly memberOf = computed(() =>
    this.pools.list().filter((pool) => this.machine().poolIds.includes(pool.id)),
  );
  protected readonly facts = computed(() => factsOf(this.machine()));
  protected readonly absent = computed(() => absence(this.machine()));
  protected readonly drainHint = computed(() => {
    if (!this.admin()) return 'An administrator can change this';
    if (this.offline()) return 'The server does not answer';
    return this.machine().draining
      ? 'What runs on it goes on; new runs wait'
      : 'Switch off to let its runs end and give it no new ones';
  });
  protected readonly checkName = (name: string): string | null => {
    if (name === '') return 'Give a name.';
    return name.length > 80 ? 'Use at most 80 characters.' : null;
  };

  protected rename(name: string): Promise<void> {
    return this.change({ name }, `${this.machine().name} is now ${name}`);
  }

  protected drain(drain: boolean): Promise<void> {
    return this.change({ drain });
  }

  private async change(change: UpdateMachine, said: string | null = null): Promise<void> {
    this.failure.set(null);
    try {
      await this.edits.apply(this.machine(), change, said);
    } catch (error) {
      const problem = toRequestError(error);
      this.failure.set(problem.fields[0]?.message ?? problem.message);
    }
  }
}
