import type { Readable } from 'node:stream';
import type {
  ArchiveQuery,
  CreatedProject,
  CreateProject,
  FetchProgress,
  ManifestEntry,
  ProjectSettings,
} from '@mle/protocol';
import { Injectable } from '@nestjs/common';
import { BlobsService } from '../../platform/blobs/blobs.service.js';
import { logger } from '../../platform/logging/logger.js';
import { EventsService } from '../../platform/signals/events.service.js';
import { ExamplesService } from '../examples/examples.service.js';
import { FilesService } from '../files/files.service.js';
import { ProjectsService } from '../projects.service.js';
import { ArchiveImportService } from './archive-import.service.js';
import { GitImportService, nameFromUrl } from './git-import.service.js';
import type { Imported } from './imported.js';

/** Makes projects: empty ones, and ones with files from somewhere. */
@Injectable()
export class ProjectCreationService {
  constructor(
    private readonly projects: ProjectsService,
    private readonly files: FilesService,
    private readonly blobs: BlobsService,
    private readonly examples: ExamplesService,
    private readonly git: GitImportService,
    private readonly archives: ArchiveImportService,
    private readonly events: EventsService,
  ) {}

  /** `cancelled` ends what takes long; then no project is left. */
  async create(userId: string, body: CreateProject, cancelled = new AbortController().signal): Promise<CreatedProject> {
    if ('example' in body) {
      const { title } = await this.examples.get(body.example);
      return this.filled(userId, body.name, title, async () => whole(await this.examples.files(body.example)));
    }
    if ('projectId' in body) {
      const { name, settings } = await this.projects.getOwned(userId, body.projectId);
      return this.filled(
        userId,
        body.name,
        name,
        async () => whole(await this.copies(userId, body.projectId)),
        settings,
      );
    }
    if ('gitUrl' in body) {
      const { name, gitUrl } = body;
      const tell = (phase: FetchProgress['phase'], part: number | null) =>
        this.events.publish('project.fetching', { userId }, { gitUrl, phase, part });
      return this.filled(userId, name, nameFromUrl(gitUrl), () => this.git.fetch(userId, gitUrl, tell, cancelled));
    }
    return { ...(await this.projects.create(userId, body.name)), notices: [] };
  }

  async createFromArchive(
    userId: string,
    { name, fileName }: ArchiveQuery,
    zip: Readable,
    declaredSize: string | undefined,
  ): Promise<CreatedProject> {
    if (name !== undefined) await this.projects.checkNameFree(userId, name);
    const { folder, ...imported } = await this.archives.unpack(zip, declaredSize);
    const fallback = [fileName?.replace(/\.zip$/i, ''), folder]
      .map((text) =>
        text
          ?.replaceAll(/[\p{Cc}/]/gu, ' ')
          .trim()
          .slice(0, 70),
      )
      .find(Boolean);
    return this.filled(userId, name, fallback ?? 'Uploaded project', () => Promise.resolve(imported));
  }

  /** What a new user finds; a server without examples gives none. */
  async createSample(userId: string): Promise<void> {
    const sample = await this.examples.sample();
    if (sample === null) logger.warn('no sample project: the examples are missing');
    else await this.create(userId, { example: sample.name });
  }

  /**
   * Without a wanted name, one that is free is made from `fallback`. The files come first: a project is never left half
   * filled.
   */
  private async filled(
    userId: string,
    wanted: string | undefined,
    fallback: string,
    fetch: () => Promise<Imported>,
    settings?: ProjectSettings,
  ): Promise<CreatedProject> {
    if (wanted !== undefined) await this.projects.checkNameFree(userId, wanted);
    const { entries, notices } = await fetch();
    const project =
      wanted === undefined
        ? await this.projects.createUnderFreeName(userId, fallback, settings)
        : await this.projects.create(userId, wanted, settings);
    try {
      await this.files.fill(userId, project.id, entries);
    } catch (error) {
      await this.projects.delete(userId, project.id);
      throw error;
    }
    return { ...(await this.projects.getOwned(userId, project.id)), notices };
  }

  private async copies(userId: string, projectId: string): Promise<ManifestEntry[]> {
    const files = await this.files.list(userId, projectId);
    // The original may be deleted before the copy names the blobs.
    for (const { sha256 } of files) this.blobs.keep(sha256);
    return files.map(({ path, mode, size, sha256 }) => ({ path, mode, size, sha256 }));
  }
}

const whole = (entries: ManifestEntry[]): Imported => ({ entries, notices: [] });
