import { ChangeDetectionStrategy, Component, computed, inject, signal } from '@angular/core';
import { MatDialog } from '@angular/material/dialog';
import type { PoolView, UpdatePool } from '@mle/protocol';
import { plural } from '../../core/format';
import { toRequestError } from '../../core/problem';
import { ServerState } from '../../core/server-state';
import { Session } from '../../core/session';
import { Toasts } from '../../core/toasts';
import { Launcher } from '../../launch/launcher';
import { MachinesStore } from '../../machines/machines-store';
import { PoolsApi } from '../../pools/pools-api';
import { PoolsStore } from '../../pools/pools-store';
import { confirm } from '../../ui/confirm';
import { Icon } from '../../ui/icon';
import { LoadFailure } from '../../ui/load-failure';
import { NameHeading } from '../../ui/name-heading';

/** The pools of the installation: each with its name and its machines. */
@Component({
  selector: 'mle-pools-panel',
  imports: [Icon, LoadFailure, NameHeading],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './pools-panel.html',
  styles: `
    :host {
      display: flex;
      flex-direction: column;
      overflow: auto;
    }
    .loading {
      display: grid;
      gap: 26px;
      padding: 16px;
    }
    .empty {
      flex: 1;
    }
    .list {
      border-top: 1px solid var(--border);
    }
    li {
      display: grid;
      gap: 4px;
      padding: 10px 16px;
      border-bottom: 1px solid var(--border);
    }
    .head {
      display: flex;
      align-items: center;
      gap: 8px;
      min-height: 32px;
      > mle-icon {
        color: var(--text-muted);
      }
    }
    .end {
      margin-left: auto;
    }
    .members {
      display: flex;
      flex-wrap: wrap;
      gap: 4px 20px;
      padding-left: 24px;
    }
    .check {
      min-height: 36px;
    }
    .make {
      margin: 12px 16px;
      align-self: flex-start;
    }
  `,
})
export class PoolsPanel {
  protected readonly store = inject(PoolsStore);
  protected readonly machines = inject(MachinesStore);
  private readonly api = inject(PoolsApi);
  private readonly launcher = inject(Launcher);
  private readonly session = inject(Session);
  private readonly server = inject(ServerState);
  private readonly toasts = inject(Toasts);
  private readonly dialog = inject(MatDialog);
  protected readonly admin = computed(() => this.session.user()?.role === 'admin');
  protected readonly offline = computed(() => this.server.offlineSince() !== null);
  protected readonly problem = signal<{ poolId: string; text: string } | null>(null);
  protected readonly rows = computed(() =>
    this.store.list().map((pool) => ({ pool, room: this.roomOf(pool), check: this.checkName(pool) })),
  );

  private checkName(pool: PoolView): (name: string) => string | null {
    return (name) => {
      if (name === '') return 'Give a name.';
      const taken = this.store.list().some((other) => other.id !== pool.id && other.name === name);
      return taken ? `There is a pool named ${name} already.` : null;
    };
  }

  protected async make(): Promise<void> {
    const { NameDialog } = await import('../../ui/name-dialog');
    const act = async (name: string) => this.store.put(await this.api.create({ name }));
    this.dialog.open(NameDialog, {
      ariaLabel: 'Make a pool',
      restoreFocus: true,
      autoFocus: '[cdkFocusInitial]',
      data: { title: 'Make a pool', label: 'Name, such as gpu', value: '', verb: 'Make it', act },
    });
  }

  protected async rename(pool: PoolView, name: string): Promise<void> {
    if (await this.change(pool, { name })) {
      this.toasts.show(`${pool.name} is now ${name}`, {
        icon: 'check',
        action: { label: 'Undo', run: () => void this.change({ ...pool, name }, { name: pool.name }) },
      });
    }
  }

  protected async toggle(pool: PoolView, machineId: string, box: HTMLInputElement): Promise<void> {
    const others = pool.machineIds.filter((id) => id !== machineId);
    if (!(await this.change(pool, { machineIds: box.checked ? [...others, machineId] : others })))
      box.checked = pool.machineIds.includes(machineId);
  }

  protected async remove(pool: PoolView): Promise<void> {
    const act = async () => {
      await this.api.remove(pool.id);
      this.store.drop(pool.id);
    };
    const title = `Remove the pool ${pool.name}?`;
    const text =
      'The group is lost. Its machines stay, and so do finished runs that were sent to it. Runs that wait in it have to be stopped or end first.';
    await confirm(this.dialog, { title, text, verb: 'Remove', act });
  }

  /** Shown at once, and taken back where the server refuses; answers whether it took it. */
  private async change(pool: PoolView, change: UpdatePool): Promise<boolean> {
    this.problem.set(null);
    this.store.put({ ...pool, ...change });
    try {
      this.store.put(await this.api.update(pool.id, change));
      return true;
    } catch (error) {
      const failure = toRequestError(error);
      this.store.put(pool);
      this.problem.set({ poolId: pool.id, text: failure.fields[0]?.message ?? failure.message });
      return false;
    }
  }

  private roomOf(pool: PoolView): string {
    if (pool.machineIds.length === 0) return 'no machine: runs that are sent to it wait';
    const { free, slots } = this.launcher.room(pool);
    const members = plural(pool.machineIds.length, 'machine');
    return slots === 0 ? `${members}, none online` : `${members}, ${free} of ${plural(slots, 'slot')} free`;
  }
}
