import { ChangeDetectionStrategy, Component, computed, inject } from '@angular/core';
import { MatDialog } from '@angular/material/dialog';
import { MatMenuModule } from '@angular/material/menu';
import type { AttemptProgress, MachineView, PoolView, RunView } from '@mle/protocol';
import { Clock } from '../core/clock';
import { bytes, memory, roughly, timeOfDay } from '../core/format';
import { ServerState } from '../core/server-state';
import { Session } from '../core/session';
import { Toasts } from '../core/toasts';
import { DocumentStore } from '../editor/document-store';
import { nameOf } from '../files/file-tree';
import { MachinesStore } from '../machines/machines-store';
import { PoolsStore } from '../pools/pools-store';
import { ProjectsStore } from '../projects/projects-store';
import { RunActivity } from '../runs/run-activity';
import { runTime } from '../runs/run-words';
import { RunsStore } from '../runs/runs-store';
import { Icon } from '../ui/icon';
import { Notice } from '../ui/notice';
import { StateIcon, type StateShape } from '../ui/state-icon';
import { ProjectActions } from '../workbench/project-actions';
import { GoButton } from './go-button';
import { waitForPlace } from './go-wait';
import { Launcher } from './launcher';
import { RunLine, type RunLineView } from './run-line';
import { RunOptionsForm } from './run-options-form';

/** A machine or a pool with what can be done there. */
interface PlaceRow {
  text: string;
  lines: RunLineView[];
  primary: boolean;
  /** Why Go cannot be pressed. */
  reason: string | null;
  problem: string | null;
}

interface MachineRow extends PlaceRow {
  machine: MachineView;
  shape: StateShape;
}

interface PoolRow extends PlaceRow {
  pool: PoolView;
}

/** The machines and pools beside the code, each with Go and Stop. */
@Component({
  selector: 'mle-run-on-panel',
  imports: [GoButton, Icon, MatMenuModule, Notice, RunLine, RunOptionsForm, StateIcon],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './run-on-panel.html',
  styleUrl: './run-on-panel.scss',
})
export class RunOnPanel {
  protected readonly machines = inject(MachinesStore);
  protected readonly launcher = inject(Launcher);
  private readonly runs = inject(RunsStore);
  private readonly documents = inject(DocumentStore);
  private readonly activity = inject(RunActivity);
  private readonly clock = inject(Clock);
  protected readonly server = inject(ServerState);
  private readonly session = inject(Session);
  private readonly dialog = inject(MatDialog);
  private readonly toasts = inject(Toasts);
  private readonly pools = inject(PoolsStore);
  protected readonly projects = inject(ProjectsStore);
  protected readonly actions = inject(ProjectActions);
  /** Machines belong to the installation: its administrators add them. */
  protected readonly admin = computed(() => this.session.user()?.role === 'admin');
  protected readonly fileName = computed(() => nameOf(this.launcher.file() ?? ''));
  /** Whether the open file is the training of a sample. */
  protected readonly training = computed(() => /^train\.(py|m?js)$/.test(this.fileName()));
  /** Why Go rests on every machine: said in words, since a tooltip is out of reach of keys and touch. */
  protected readonly why = computed(() =>
    this.machines.list().length > 0 && this.documents.active()?.status() === 'ready' ? this.launcher.refusal() : null,
  );
  protected readonly rows = computed(() => this.machines.list().map((machine) => this.row(machine)));
  protected readonly poolRows = computed(() => this.pools.list().map((pool) => this.poolRow(pool)));
  protected readonly hint = computed(
    () =>
      !this.launcher.hintGone() &&
      this.runs.status() === 'ready' &&
      this.runs.all().length === 0 &&
      this.launcher.target() !== null &&
      this.launcher.refusal() === null,
  );

  protected async addMachine(): Promise<void> {
    const { AddMachineDialog } = await import('../machines/add-machine-dialog');
    this.dialog.open(AddMachineDialog, { ariaLabel: 'Add a machine', restoreFocus: true });
  }

  protected async copyCurl(): Promise<void> {
    const target = this.launcher.target();
    const command = target && (await this.launcher.curl(target));
    if (!command) return this.toasts.error('Nothing was copied. Correct the run options first.');
    try {
      await navigator.clipboard.writeText(command);
      this.toasts.show('Copied. Set MLE_TOKEN to a token from Settings before you run it.', { icon: 'check' });
    } catch {
      this.toasts.error('The browser does not allow copying here. Open the page by https or at localhost.');
    }
  }

  private row(machine: MachineView): MachineRow {
    const runs = this.launcher.on(machine);
    const starting = this.launcher.starting().has(machine.id);
    const alone = machine.slots === 1;
    const first = runs.at(0);
    const problem = this.launcher.problem();
    return {
      machine,
      shape:
        alone && first
          ? first.state
          : machine.state === 'online' && (runs.length > 0 || machine.running.length > 0)
            ? 'busy'
            : machine.state,
      text: this.describe(machine, runs, starting),
      lines: runs.map((run) => this.line(run)),
      primary: this.launcher.target()?.id === machine.id,
      reason: this.refusal(machine, starting),
      problem: problem?.placeId === machine.id ? problem.text : null,
    };
  }

  private poolRow(pool: PoolView): PoolRow {
    const { free, slots } = this.launcher.room(pool);
    const starting = this.launcher.starting().has(pool.id);
    const problem = this.launcher.problem();
    const room =
      pool.machineIds.length === 0 ? 'no machines' : slots === 0 ? 'none online' : `${free} of ${slots} free`;
    const text = starting ? 'queued' : free > 0 ? room : `${room}, would wait`;
    return {
      pool,
      text: this.server.refusal() === null ? text : '',
      // Those that have a machine stand there.
      lines: this.launcher.on(pool).map((run) => this.line(run)),
      primary: this.launcher.target()?.id === pool.id,
      reason: this.server.refusal() ?? (starting ? 'It is being started' : this.launcher.refusal()),
      problem: problem?.placeId === pool.id ? problem.text : null,
    };
  }

  private line(run: RunView): RunLineView {
    const progress = run.state === 'preparing' ? this.runs.progress(run.id) : null;
    const part = progress && syncedPart(progress);
    const text =
      progress && showsBytes(progress)
        ? `syncing ${bytes(progress.bytesDone)} of ${bytes(progress.bytesTotal)}`
        : this.activity.of(run);
    return {
      run,
      text,
      part,
      stopping: run.state === 'stopping' || this.launcher.stopping().has(run.id),
      refusal: this.server.refusal(),
    };
  }

  private describe(machine: MachineView, runs: RunView[], starting: boolean): string {
    if (machine.state === 'offline')
      return machine.lastSeenAt ? `offline since ${timeOfDay(machine.lastSeenAt)}` : 'offline';
    if (starting) return 'queued';
    const parts: string[] = [];
    if (machine.inventory) parts.push(`${machine.inventory.cpus} CPU`, memory(machine.inventory.memoryBytes));
    if (machine.inventory?.gpus.length) parts.push(machine.inventory.gpus[0]?.name ?? 'GPU');
    // What was known before the server fell silent may have changed.
    if (this.server.refusal() !== null) return parts.join(', ');
    const used = Math.max(runs.length, machine.running.length);
    if (machine.state === 'draining') parts.push('takes no new runs');
    else if (used >= machine.slots) return `busy: Go waits ${this.wait(machine, runs)}`;
    else if (machine.slots > 1) parts.push(`${Math.max(0, machine.slots - used)} of ${machine.slots} free`);
    else parts.push('free');
    return parts.join(', ');
  }

  /** How long, or for which run, one more would wait. */
  private wait(machine: MachineView, runs: RunView[]): string {
    // Of the runs of others nothing is known but that they are there.
    if (runs.length < machine.running.length) return 'for a run of someone else';
    const now = this.clock.now();
    const ms = waitForPlace(
      runs.map((run) => ({ expectedMs: this.expected(run), ranMs: runTime(run, now) })),
      machine.slots,
    );
    if (ms === null) return `for #${runs.at(-1)?.number ?? ''}`;
    return ms < 1000 ? 'a moment' : `about ${roughly(ms)}`;
  }

  /** How long the last run of its program took that came to its end. */
  private expected(run: RunView): number | null {
    const like = this.runs
      .all()
      .find(
        ({ state, file, command, projectId }) =>
          state === 'succeeded' && projectId === run.projectId && file === run.file && command === run.command,
      );
    return like?.durationMs ?? null;
  }

  private refusal(machine: MachineView, starting: boolean): string | null {
    const offline = this.server.refusal();
    if (offline) return offline;
    if (starting) return 'It is being started';
    if (machine.state === 'offline') return `${machine.name} is offline`;
    if (machine.state === 'draining') return `${machine.name} takes no new runs`;
    return this.launcher.refusal();
  }
}

/** Large transfers are told by bytes, small ones by files. */
const SHOWN_BYTES = 1_000_000;
const showsBytes = ({ phase, bytesTotal }: AttemptProgress): boolean =>
  phase === 'syncing' && bytesTotal >= SHOWN_BYTES;

/** From 0 to 1, or null where nothing is transferred. */
function syncedPart({ phase, filesDone, filesTotal, bytesDone, bytesTotal }: AttemptProgress): number | null {
  if (phase !== 'syncing' || filesTotal === 0) return null;
  return bytesTotal > 0 ? bytesDone / bytesTotal : filesDone / filesTotal;
}
