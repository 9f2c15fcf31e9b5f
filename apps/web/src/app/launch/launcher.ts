import { computed, effect, inject, Injectable, signal, untracked } from '@angular/core';
import type { CreateRun, MachineView, PoolView, RunView } from '@mle/protocol';
import { API } from '../core/api-address';
import { curlCommand } from '../core/curl';
import { sentence, toRequestError } from '../core/problem';
import { isActive } from '../core/protocol-values';
import { ServerState } from '../core/server-state';
import { Session } from '../core/session';
import { isText, readStored, writeStored } from '../core/storage';
import { DocumentStore } from '../editor/document-store';
import { FilesStore } from '../files/files-store';
import { MachinesStore } from '../machines/machines-store';
import { PoolsStore } from '../pools/pools-store';
import { ProjectsStore } from '../projects/projects-store';
import { RunsApi } from '../runs/runs-api';
import { RunsStore } from '../runs/runs-store';
import { RunOptionsStore } from './run-options-store';
import { notRunnable } from './runnable';

/** Where a run can be sent: to one machine, or to whichever of a pool is free first. */
export type Place = MachineView | PoolView;
const isPool = (place: Place): place is PoolView => 'machineIds' in place;

/** Go and Stop: from the open file to a run on a machine. */
@Injectable({ providedIn: 'root' })
export class Launcher {
  private readonly api = inject(RunsApi);
  private readonly runs = inject(RunsStore);
  private readonly documents = inject(DocumentStore);
  private readonly files = inject(FilesStore);
  private readonly options = inject(RunOptionsStore);
  private readonly machines = inject(MachinesStore);
  private readonly pools = inject(PoolsStore);
  private readonly projects = inject(ProjectsStore);
  private readonly session = inject(Session);
  private readonly server = inject(ServerState);
  private readonly lastPlace = signal(readStored('machine', isText, ''));
  /** Machines and pools whose Go was pressed and not yet answered. */
  readonly starting = signal<ReadonlySet<string>>(new Set());
  readonly stopping = signal<ReadonlySet<string>>(new Set());
  /** `text`: what is to be said now, or null where it holds no longer. */
  private readonly failed = signal<{ placeId: string | null; text: () => string | null } | null>(null);
  /** Why the last Go or Stop did nothing, and at which machine or pool; gone as soon as it is not so any more. */
  readonly problem = computed<{ placeId: string | null; text: string } | null>(() => {
    const failed = this.failed();
    const text = failed?.text() ?? null;
    return failed === null || text === null ? null : { placeId: failed.placeId, text };
  });
  /** The run that Go made last. */
  readonly launched = signal<RunView | null>(null);

  private readonly openFile = computed(() => {
    const document = this.documents.active();
    return document && document.kind() === 'text' && document.status() === 'ready' ? document.path() : null;
  });
  /** The program that was in front last, by project. */
  private readonly programs = signal<ReadonlyMap<string, string>>(new Map());
  private readonly lastProgram = computed(() => {
    const id = this.files.projectId();
    if (id === null) return null;
    const path = this.programs().get(id) ?? readStored(`program.${id}`, isText, '');
    return this.files.get(path) ? path : null;
  });
  /** What Go runs: the open file, or while that is a picture, a table or a text the program that was open before it. */
  readonly file = computed(() => {
    const open = this.openFile();
    if (open !== null && (this.projects.current()?.settings.command || this.runnable(open))) return open;
    return this.lastProgram() ?? open;
  });
  /** Why the open file cannot be run now, or null. The project's own command takes a file of any kind. */
  readonly refusal = computed(() => {
    const offline = this.server.refusal();
    if (offline) return offline;
    const file = this.file();
    return file !== null && this.projects.current()?.settings.command
      ? null
      : notRunnable(file, this.files.get(file ?? ''));
  });
  /**
   * What Ctrl Enter uses: the pool of last time, the machine of last time while it has room, else the first that has.
   * Where none has, the run waits for the machine of last time.
   */
  readonly target = computed<Place | null>(() => {
    const last = this.lastPlace();
    const online = this.machines.list().filter(({ state }) => state === 'online');
    const free = online.filter((machine) => this.hasRoom(machine));
    return (
      this.pools.list().find((pool) => pool.id === last) ??
      free.find((machine) => machine.id === last) ??
      free[0] ??
      online.find((machine) => machine.id === last) ??
      online[0] ??
      null
    );
  });

  /** Why Ctrl Enter finds no place. What was known before the server fell silent is not said. */
  private readonly nowhere = computed(() => {
    if (this.server.refusal() !== null || this.target() !== null) return null;
    return 'No machine is online.';
  });

  constructor() {
    effect(() => {
      const [id, open] = [this.files.projectId(), this.openFile()];
      if (id === null || open === null || !this.runnable(open)) return;
      untracked(() => this.programs.update((map) => new Map(map).set(id, open)));
      writeStored(`program.${id}`, open);
    });
    // What held no longer for a moment is not said again when it holds anew.
    effect(() => {
      if (this.problem() === null) this.dismiss();
    });
  }

  /** The active runs that are on a machine, or wait for it or in a pool, oldest first. */
  on(place: Place): RunView[] {
    return this.runs
      .active()
      .filter((run) => (run.machineId ?? targetOf(run)) === place.id)
      .reverse();
  }

  /** Places of a pool's machines that are online, and how many of them are free. */
  room(pool: PoolView): { free: number; slots: number } {
    const members = this.machines
      .list()
      .filter((machine) => machine.state === 'online' && pool.machineIds.includes(machine.id));
    const slots = members.reduce((sum, machine) => sum + machine.slots, 0);
    return { slots, free: members.reduce((sum, machine) => sum + Math.max(0, machine.slots - this.taken(machine)), 0) };
  }

  private taken(machine: MachineView): number {
    // Runs of other users are known by their ids only.
    const others = machine.running.filter((id) => !this.runs.get(id)).length;
    return this.on(machine).length + others + (this.starting().has(machine.id) ? 1 : 0);
  }

  hasRoom(machine: MachineView): boolean {
    return machine.state === 'online' && this.taken(machine) < machine.slots;
  }

  private runnable(path: string): boolean {
    return notRunnable(path, this.files.get(path)) === null;
  }

  async goOnTarget(): Promise<void> {
    const target = this.target();
    if (target) return this.go(target);
    this.refuse(null, this.nowhere);
  }

  /** The problem was read. */
  dismiss(): void {
    this.failed.set(null);
  }

  /** `role`: for a run while a knob is turned. */
  async go(place: Place, role?: CreateRun['role']): Promise<void> {
    const projectId = this.files.projectId();
    const file = this.file();
    const refusal = this.refusal();
    if (refusal) return this.refuse(place.id, () => (this.refusal() === refusal ? `${refusal}.` : null));
    if (!projectId || !file || this.starting().has(place.id)) return;
    this.dismiss();
    if (!this.options.valid()) {
      this.options.open.set(true);
      const text = 'The run options have a mistake. Correct it first.';
      return this.refuse(place.id, () => (this.options.valid() ? null : text));
    }
    this.mark(this.starting, place.id, true);
    try {
      if (!(await this.documents.saveAll()))
        return this.refuse(place.id, () => 'Not started: a file could not be saved.');
      await this.files.flushDeletes();
      const run = await this.api.create(
        { ...this.request(projectId, file, place), ...(role && { role }) },
        crypto.randomUUID(),
      );
      // A note is about one run.
      this.options.change({ note: '' });
      this.runs.put(run);
      this.launched.set(run);
      this.remember(place);
    } catch (error) {
      const failure = toRequestError(error);
      const text = failure.fields[0] ? `${failure.message} ${failure.fields[0].message}` : failure.message;
      this.refuse(place.id, () => text);
    } finally {
      this.mark(this.starting, place.id, false);
    }
  }

  /**
   * The present Go on a command line; what is unsaved is saved, so that both run the same. Null where nothing can be
   * run.
   */
  async curl(place: Place): Promise<string | null> {
    const projectId = this.files.projectId();
    const file = this.file();
    if (!projectId || !file || !this.options.valid()) return null;
    await this.documents.saveAll();
    return curlCommand('POST', `${location.origin}${API}/runs`, this.request(projectId, file, place));
  }

  private request(projectId: string, file: string, place: Place): CreateRun {
    const { request, needs } = this.options.read();
    const target = isPool(place)
      ? { target: { poolId: place.id }, ...(needs && { needs }) }
      : { target: { machineId: place.id } };
    return { projectId, file, ...target, ...request };
  }

  async stop(run: RunView): Promise<void> {
    this.mark(this.stopping, run.id, true);
    try {
      await this.api.stop(run.id);
    } catch (error) {
      // It ended by itself in the same moment.
      if (isActive(this.runs.get(run.id)?.state ?? 'lost'))
        this.refuse(run.machineId ?? targetOf(run), () => sentence(error));
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

  private remember(place: Place): void {
    this.lastPlace.set(place.id);
    writeStored('machine', place.id);
    if (this.session.user()) this.closeHint();
  }

  private refuse(placeId: string | null, text: () => string | null): void {
    this.failed.set({ placeId, text });
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

/** The machine or the pool that a run was sent to. */
function targetOf({ target }: Pick<RunView, 'target'>): string | null {
  if (!target) return null;
  return 'machineId' in target ? target.machineId : target.poolId;
}
