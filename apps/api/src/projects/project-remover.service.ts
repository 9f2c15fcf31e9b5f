import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { isOutage } from '../platform/http/problem.js';
import { logger } from '../platform/logging/logger.js';
import { DeletedProjectsRepository, type Deletion } from '../run-records/deleted-projects.repository.js';
import { ProjectsRepository } from './projects.repository.js';

/** Removes some of what goes with a project, so much as takes a moment. Answers whether there may be more. */
type RemovalStep = (projectId: string) => Promise<boolean>;

/** A request that began before the deletion may still write: after this time what it wrote goes too. */
const LATE_WRITES_MS = 60_000;
const LOOK_EVERY_MS = 10_000;

/**
 * Deletes projects. The project itself goes at once, and what belongs to it step by step after the answer, so that a
 * project with a million runs is deleted as fast as an empty one. What a process that died left is gone on with at the
 * next start; each replica may do so, as every step may be repeated.
 */
@Injectable()
export class ProjectRemover implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly steps: RemovalStep[] = [];
  /** Those of which nothing was left when they were looked at last. */
  private readonly empty = new Set<string>();
  private timer: NodeJS.Timeout | undefined;
  private working: Promise<void> | null = null;
  private again = false;
  private ended = false;

  constructor(
    private readonly projects: ProjectsRepository,
    private readonly deleted: DeletedProjectsRepository,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => this.wake(), LOOK_EVERY_MS).unref();
    this.wake();
  }

  async onModuleDestroy(): Promise<void> {
    this.ended = true;
    clearInterval(this.timer);
    await this.working;
  }

  /** Adds what else goes with a project. A step of a project with nothing left has to be cheap. */
  add(step: RemovalStep): void {
    this.steps.push(step);
  }

  /** Resolves when the project is gone for everybody; called again for what came after. */
  async remove(ownerId: string, projectId: string): Promise<void> {
    await this.deleted.mark(ownerId, projectId);
    await this.projects.delete(ownerId, projectId);
    this.empty.delete(projectId);
    this.wake();
  }

  private wake(): void {
    this.again = true;
    this.working ??= this.work().finally(() => (this.working = null));
  }

  private async work(): Promise<void> {
    while (this.again && !this.ended) {
      this.again = false;
      const deletions = await this.deleted.list().catch((error: unknown) => this.failed(error, []));
      // All in turn: the runs of a small project need not go on until a large one is gone.
      for (const deletion of deletions) {
        const more = await this.moreOf(deletion).catch((error: unknown) => this.failed(error, false));
        if (more) this.again = true;
      }
    }
  }

  private async moreOf({ projectId, ownerId, deletedAt }: Deletion): Promise<boolean> {
    const late = deletedAt.getTime() < Date.now() - LATE_WRITES_MS;
    if (this.ended || (this.empty.has(projectId) && !late)) return false;
    // The process that marked it may have died before this.
    await this.projects.delete(ownerId, projectId);
    let more = false;
    for (const step of this.steps) more = (await step(projectId)) || more;
    if (more) return true;
    this.empty.add(projectId);
    if (late) {
      await this.deleted.finish(projectId);
      this.empty.delete(projectId);
    }
    return false;
  }

  /** Looked at again at the next turn of the clock. */
  private failed<T>(error: unknown, instead: T): T {
    if (this.ended || isOutage(error)) logger.debug({ err: error }, 'deleted projects wait for the database');
    else logger.error({ err: error }, 'what belongs to a deleted project was not removed; it is tried again');
    return instead;
  }
}
