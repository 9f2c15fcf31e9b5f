import { Injectable, computed, inject, signal } from '@angular/core';
import type { CreateRun, MachineView, RunView } from '@mle/protocol';
import { API } from '../core/api-interceptor';
import { curlCommand } from '../core/curl';
import { sentence, toRequestError } from '../core/problem';
import { isActive } from '../core/protocol-values';
import { Session } from '../core/session';
import { isText, readStored, writeStored } from '../core/storage';
import { DocumentStore } from '../editor/document-store';
import { FilesStore } from '../files/files-store';
import { MachinesStore } from '../machines/machines-store';
import { ProjectsStore } from '../projects/projects-store';
import { RunOptionsStore } from './run-options-store';
import { notRunnable } from './runnable';
import { RunsApi } from './runs-api';
import { RunsStore } from './runs-store';

/** Go and Stop: from the open file to a run on a machine. */
@Injectable({ providedIn: 'root' })
export class Launcher {
  private readonly api = inject(RunsApi);
  private readonly runs = inject(RunsStore);
  private readonly documents = inject(DocumentStore);
  private readonly files = inject(FilesStore);
  private readonly options = inject(RunOptionsStore);
  private readonly machines = inject(MachinesStore);
  private readonly projects = inject(ProjectsStore);
  private readonly session = inject(Session);
  private readonly lastMachine = signal(readStored('machine', isText, ''));
  /** Machines whose Go was pressed and not yet answered. */
  readonly starting = signal<ReadonlySet<string>>(new Set());
  readonly stopping = signal<ReadonlySet<string>>(new Set());
  /** Why the last Go or Stop did nothing, and at which machine. */
  readonly problem = signal<{ machineId: string | null; text: string } | null>(null);
  /** The run that Go made last. */
  readonly launched = signal<RunView | null>(null);

  readonly file = computed(() => {
    const document = this.documents.active();
    return document && document.kind() === 'text' && document.status() === 'ready' ? document.path() : null;
  });
  /** Why the open file cannot be run, or null. The project's own command takes a file of any kind. */
  readonly refusal = computed(() => {
    const file = this.file();
    return file !== null && this.projects.current()?.settings.command ? null : notRunnable(file, this.files.get(file ?? ''));
  });
  /** The machine that Ctrl Enter uses: the last one while it has room, else the first that has. */
  readonly target = computed(() => {
    const free = this.machines.list().filter((machine) => this.hasRoom(machine));
    return free.find((machine) => machine.id === this.lastMachine()) ?? free[0] ?? null;
  });

  /** The active runs that are on a machine or wait for it, oldest first. */
  on(machine: MachineView): RunView[] {
    return this.runs
      .active()
      .filter((run) => (run.machineId ?? targetOf(run)) === machine.id)
      .reverse();
  }

  hasRoom(machine: MachineView): boolean {
    const known = this.on(machine);
    // Runs of other users are known by their ids only.
    const others = machine.running.filter((id) => !this.runs.get(id)).length;
    const starting = this.starting().has(machine.id) ? 1 : 0;
    return machine.state === 'online' && known.length + others + starting < machine.slots;
  }

  async goOnTarget(): Promise<void> {
    const target = this.target();
    if (target) return this.go(target);
    const online = this.machines.list().some((machine) => machine.state === 'online');
    this.problem.set({ machineId: null, text: online ? 'Every machine is busy. Stop a run, or wait until one ends.' : 'No machine is online.' });
  }

  async go(machine: MachineView): Promise<void> {
    const projectId = this.files.projectId();
    const file = this.file();
    const refusal = this.refusal();
    if (refusal) return this.refuse(machine, `${refusal}.`);
    if (!projectId || !file || this.starting().has(machine.id)) return;
    this.problem.set(null);
    if (!this.options.valid()) {
      this.options.open.set(true);
      return this.refuse(machine, 'The run options have a mistake. Correct it first.');
    }
    this.mark(this.starting, machine.id, true);
    try {
      if (!(await this.documents.saveAll())) return this.refuse(machine, 'Not started: a file could not be saved.');
      await this.files.flushDeletes();
      const run = await this.api.create(this.request(projectId, file, machine), crypto.randomUUID());
      // A note is about one run.
      this.options.change({ note: '' });
      this.runs.put(run);
      this.launched.set(run);
      this.remember(machine);
    } catch (error) {
      const failure = toRequestError(error);
      this.refuse(machine, failure.fields[0] ? `${failure.message} ${failure.fields[0].message}` : failure.message);
    } finally {
      this.mark(this.starting, machine.id, false);
    }
  }

  /** The present Go on a command line; what is unsaved is saved, so that both run the same. Null where nothing can be run. */
  async curl(machine: MachineView): Promise<string | null> {
    const projectId = this.files.projectId();
    const file = this.file();
    if (!projectId || !file || !this.options.valid()) return null;
    await this.documents.saveAll();
    return curlCommand('POST', `${location.origin}${API}/runs`, this.request(projectId, file, machine));
  }

  private request(projectId: string, file: string, machine: MachineView): CreateRun {
    return { projectId, file, target: { machineId: machine.id }, ...this.options.read().request };
  }

  async stop(run: RunView): Promise<void> {
    this.mark(this.stopping, run.id, true);
    try {
      await this.api.stop(run.id);
    } catch (error) {
      // It ended by itself in the same moment.
      if (isActive(this.runs.get(run.id)?.state ?? 'lost')) this.problem.set({ machineId: run.machineId ?? targetOf(run), text: sentence(error) });
    } finally {
      this.mark(this.stopping, run.id, false);
    }
  }

  /** Whether the hint at Go is still of use: until the first run, or until it is sent away. */
  readonly hintGone = signal(readStored('hint', isText, '') === 'gone');

  closeHint(): void {
    this.hintGone.set(true);
    writeStored('hint', 'gone');
  }

  private remember(machine: MachineView): void {
    this.lastMachine.set(machine.id);
    writeStored('machine', machine.id);
    if (this.session.user()) this.closeHint();
  }

  private refuse(machine: MachineView, text: string): void {
    this.problem.set({ machineId: machine.id, text });
  }

  private mark(set: typeof this.starting, id: string, on: boolean): void {
    set.update((old) => {
      const next = new Set(old);
      if (on) next.add(id);
      else next.delete(id);
      return next;
    });
  }
}

export const targetOf = (run: RunView): string | null => (run.target && 'machineId' in run.target ? run.target.machineId : null);
