import { DEFAULT_PROJECT_SETTINGS, type ProjectSettings, type ProjectView, type UpdateProject } from '@mle/protocol';
import { Injectable } from '@nestjs/common';
import { isDuplicate } from '../platform/database/ids.js';
import { conflict, notFound } from '../platform/http/problem.js';
import { QuotasService } from '../platform/quotas/quotas.service.js';
import { UsageReckoner } from '../platform/quotas/usage-reckoner.service.js';
import { EventsService } from '../platform/signals/events.service.js';
import { ProjectRemover } from './project-remover.service.js';
import { ProjectsRepository } from './projects.repository.js';

@Injectable()
export class ProjectsService {
  constructor(
    private readonly projects: ProjectsRepository,
    private readonly events: EventsService,
    private readonly remover: ProjectRemover,
    private readonly quotas: QuotasService,
    private readonly reckoner: UsageReckoner,
  ) {}

  list(userId: string): Promise<ProjectView[]> {
    return this.projects.listOf(userId);
  }

  countOf(userId: string): Promise<number> {
    return this.projects.countOf(userId);
  }

  /** @throws ProblemError 404 also when the project is another user's. */
  async getOwned(userId: string, projectId: string): Promise<ProjectView> {
    const project = await this.projects.owned(userId, projectId);
    if (project === null) throw notFound('project');
    return project;
  }

  async create(
    userId: string,
    name: string,
    settings: ProjectSettings = DEFAULT_PROJECT_SETTINGS,
  ): Promise<ProjectView> {
    await this.quotas.checkProjects(await this.countOf(userId));
    const project = await this.withFreeName(name, () => this.projects.insert(userId, name, settings));
    this.events.publish('project.changed', { userId }, project);
    return project;
  }

  /** Creates under `name`, or under `name 2`, `name 3`, … when the user has one of that name. */
  async createUnderFreeName(userId: string, name: string, settings?: ProjectSettings): Promise<ProjectView> {
    const taken = new Set((await this.projects.listOf(userId)).map((project) => project.name));
    let free = name;
    for (let n = 2; taken.has(free); n++) free = `${name.slice(0, 74)} ${n}`;
    return this.create(userId, free, settings);
  }

  /** @throws ProblemError 409 early, before costly work for a project of that name is done. */
  async checkNameFree(userId: string, name: string): Promise<void> {
    if ((await this.projects.listOf(userId)).some((project) => project.name === name)) throw nameTaken(name);
  }

  async update(userId: string, projectId: string, change: UpdateProject): Promise<ProjectView> {
    if (change.name === undefined && change.settings === undefined) return this.getOwned(userId, projectId);
    const project = await this.withFreeName(change.name ?? '', () => this.projects.change(userId, projectId, change));
    if (project === null) throw notFound('project');
    this.events.publish('project.changed', { userId }, project);
    return project;
  }

  /** The project is gone with the answer; its files and runs go after it. */
  async delete(userId: string, projectId: string): Promise<void> {
    await this.getOwned(userId, projectId);
    await this.remover.remove(userId, projectId);
    this.reckoner.ask(userId);
    this.events.publish('project.deleted', { userId }, { id: projectId });
  }

  async nextRunNumber(projectId: string): Promise<number> {
    const number = await this.projects.nextRunNumber(projectId);
    if (number === null) throw notFound('project');
    return number;
  }

  /**
   * Surrounds a change of a project's files, so that no snapshot taken meanwhile is kept as the newest.
   * The change is announced also when it failed half-way.
   */
  async change<T>(userId: string, projectId: string, work: () => Promise<T>): Promise<T> {
    await this.getOwned(userId, projectId);
    const write = await this.projects.beginWrite(projectId);
    if (write === null) throw notFound('project');
    try {
      return await work();
    } finally {
      const project = await this.projects.endWrite(projectId, write);
      if (project !== null) this.events.publish('project.changed', { userId }, project);
      // Deleted meanwhile: what this change wrote goes too.
      else await this.remover.remove(userId, projectId);
    }
  }

  /** See `ProjectsRepository.revisionOf`. */
  async revisionOf(projectId: string): Promise<{ revision: number; settled: boolean }> {
    const revision = await this.projects.revisionOf(projectId);
    if (revision === null) throw notFound('project');
    return revision;
  }

  private async withFreeName<T>(name: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (isDuplicate(error)) throw nameTaken(name);
      throw error;
    }
  }
}

const nameTaken = (name: string) =>
  conflict('project.name_taken', `You have a project named ${name} already. Choose another name.`);
