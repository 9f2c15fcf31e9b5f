import { computed, effect, inject, Injectable, signal, untracked } from '@angular/core';
import type { CreatedProject, CreateProject, ProjectSettings, ProjectView } from '@mle/protocol';
import { EventsSocket } from '../core/events-socket';
import { sentence } from '../core/problem';
import { Session } from '../core/session';
import { isText, readStored, writeStored } from '../core/storage';
import { Toasts } from '../core/toasts';
import { Told, withNewer } from '../core/told';
import { ProjectsApi } from './projects-api';

/** Each window keeps its own project; a new one begins with what was opened last in any. */
const REMEMBERED = ['session', 'local'] as const;

/** The user's projects and the one that is open. */
@Injectable({ providedIn: 'root' })
export class ProjectsStore {
  private readonly api = inject(ProjectsApi);
  private readonly events = inject(EventsSocket);
  private readonly session = inject(Session);
  private readonly toasts = inject(Toasts);
  private readonly byId = signal<ReadonlyMap<string, ProjectView>>(new Map());
  private readonly currentId = signal<string | null>(null);
  private readonly told = new Told();
  readonly status = signal<'loading' | 'ready' | 'error'>('loading');
  readonly error = signal<string | null>(null);
  readonly list = computed(() => [...this.byId().values()].sort((a, b) => a.name.localeCompare(b.name)));
  readonly current = computed(() => {
    const id = this.currentId();
    return id ? (this.byId().get(id) ?? null) : null;
  });

  constructor() {
    this.events.on('project.changed', (project) => {
      this.told.note(project.id);
      this.put(project);
    });
    this.events.on('project.deleted', ({ id }) => {
      this.told.note(id);
      this.drop(id);
    });
    effect(() => {
      // After each connection: what changed while the line was down is in no event.
      const times = this.events.reading();
      if (times > 0 && this.session.user()) untracked(() => void this.load());
    });
  }

  get(id: string): ProjectView | null {
    return this.byId().get(id) ?? null;
  }

  async load(): Promise<void> {
    try {
      const isNewer = this.told.sinceNow();
      const projects = await this.api.list();
      this.byId.update((known) => withNewer(projects, known, isNewer));
      this.status.set('ready');
      this.error.set(null);
      if (!this.current()) this.choose(this.remembered() ?? newest(projects));
    } catch (error) {
      this.error.set(sentence(error));
      if (this.status() === 'loading') this.status.set('error');
    }
  }

  open(id: string): void {
    this.choose(id);
  }

  async create(project: CreateProject, signal?: AbortSignal): Promise<void> {
    this.begin(await this.api.create(project, signal));
  }

  async upload(
    zip: File,
    name: string | undefined,
    signal: AbortSignal,
    progress: (part: number) => void,
  ): Promise<void> {
    this.begin(await this.api.upload(zip, name, signal, progress));
  }

  async rename(id: string, name: string): Promise<void> {
    this.put(await this.api.update(id, { name }));
  }

  async changeSettings(id: string, settings: ProjectSettings): Promise<void> {
    this.put(await this.api.update(id, { settings }));
  }

  async remove(id: string): Promise<void> {
    await this.api.remove(id);
    this.drop(id);
  }

  private begin({ notices, ...project }: CreatedProject): void {
    this.put(project);
    this.choose(project.id);
    for (const notice of notices) this.toasts.show(notice);
  }

  private put(project: ProjectView): void {
    this.byId.update((map) => new Map(map).set(project.id, project));
  }

  private drop(id: string): void {
    this.byId.update((map) => {
      const next = new Map(map);
      next.delete(id);
      return next;
    });
    if (this.currentId() === id) this.choose(newest([...this.byId().values()]));
  }

  private choose(id: string | null): void {
    this.currentId.set(id);
    const user = this.session.user();
    if (!user || (id !== null && !this.byId().has(id))) return;
    for (const storage of REMEMBERED) writeStored(`project.${user.id}`, id, storage);
  }

  private remembered(): string | null {
    const user = this.session.user();
    if (!user) return null;
    const ids = REMEMBERED.map((storage) => readStored(`project.${user.id}`, isText, '', storage));
    return ids.find((id) => this.byId().has(id)) ?? null;
  }
}

function newest(projects: ProjectView[]): string | null {
  return [...projects].sort((a, b) => b.updatedAt.localeCompare(a.updatedAt))[0]?.id ?? null;
}
