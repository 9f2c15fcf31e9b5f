import type { Readable } from 'node:stream';
import { FILE_MODES, type FileView, type ManifestEntry, type Move, projectPathError } from '@mle/protocol';
import { Inject, Injectable } from '@nestjs/common';
import { BlobCollectorService } from '../../platform/blobs/blob-collector.service.js';
import { BlobsService } from '../../platform/blobs/blobs.service.js';
import { CONFIG, type Config } from '../../platform/config/config.js';
import type { Pages } from '../../platform/http/paged-json.js';
import { badRequest, conflict, notFound, ProblemError } from '../../platform/http/problem.js';
import { QuotasService } from '../../platform/quotas/quotas.service.js';
import { UsageReckoner } from '../../platform/quotas/usage-reckoner.service.js';
import { ProjectRemover } from '../project-remover.service.js';
import { ProjectsService } from '../projects.service.js';
import { checkTogether } from './check-together.js';
import { FilesRepository } from './files.repository.js';
import { leadsOutside } from './link-target.js';

/** What has to hold of the file for a change to happen. */
export type Precondition =
  { kind: 'any' } | { kind: 'absent' } | { kind: 'present' } | { kind: 'match'; sha256: string };
export const ANY: Precondition = { kind: 'any' };

/** A file as a request brings it. */
interface SentFile {
  path: string;
  /** Null: the file keeps its mode. */
  mode: number | null;
  contentLength: string | undefined;
  bytes: Readable;
}

@Injectable()
export class FilesService {
  constructor(
    private readonly files: FilesRepository,
    private readonly projects: ProjectsService,
    private readonly blobs: BlobsService,
    @Inject(CONFIG) private readonly config: Config,
    collector: BlobCollectorService,
    private readonly quotas: QuotasService,
    private readonly reckoner: UsageReckoner,
    remover: ProjectRemover,
  ) {
    collector.roots.add((keep) => keep(this.files.allBlobs()));
    remover.add((projectId) => this.files.deleteSome(projectId));
    reckoner.counters.add(async (ownerId, kept) => {
      for (const { id } of await this.projects.list(ownerId))
        for await (const page of this.files.pages(id)) for (const { size } of page) kept.fileBytes += size;
    });
  }

  async list(userId: string, projectId: string): Promise<FileView[]> {
    await this.projects.getOwned(userId, projectId);
    return this.files.list(projectId);
  }

  /** The same, in pages. */
  async pages(userId: string, projectId: string): Promise<Pages<FileView>> {
    await this.projects.getOwned(userId, projectId);
    return this.files.pages(projectId);
  }

  async get(userId: string, projectId: string, path: string): Promise<FileView> {
    await this.projects.getOwned(userId, projectId);
    return this.find(projectId, path);
  }

  /** As `get`, where the caller has checked the project's owner. */
  async find(projectId: string, path: string): Promise<FileView> {
    const file = await this.files.get(projectId, path);
    if (file === null) throw notFound('file', `The project has no file ${path}.`);
    return file;
  }

  /** Writes a file. What can be refused is refused before any byte is read. */
  async save(
    userId: string,
    projectId: string,
    { path, mode, contentLength, bytes }: SentFile,
    precondition: Precondition,
  ): Promise<{ file: FileView; created: boolean }> {
    const present = await this.checkWritable(userId, projectId, path, precondition);
    this.blobs.checkDeclaredSize(contentLength);
    const before = present?.size ?? 0;
    if (Number(contentLength ?? Infinity) > before) await this.quotas.checkBytes(userId);
    const blob = await this.blobs.put(bytes);
    const entry = { path, mode: mode ?? keptMode(present?.mode), ...blob };
    return this.counted(userId, blob.size - before, () => this.put(userId, projectId, entry, precondition));
  }

  /** Writes several files over what is there. Each path is checked before the first is written. */
  async putAll(userId: string, projectId: string, entries: ManifestEntry[]): Promise<FileView[]> {
    return this.projects.change(userId, projectId, async () => {
      const present = new Map((await this.files.list(projectId)).map((file) => [file.path, file]));
      checkTogether([...present.keys(), ...entries.map(({ path }) => path)]);
      const fresh = entries.filter(({ path }) => !present.has(path));
      await this.checkRoom(projectId, fresh.length);
      const more = entries.reduce((sum, { path, size }) => sum + size - (present.get(path)?.size ?? 0), 0);
      const changed = entries.map((entry) => ({ ...entry, mode: keptMode(present.get(entry.path)?.mode) }));
      await this.counted(userId, more, () => this.files.upsertAll(projectId, changed));
      const after = await this.files.list(projectId);
      const written = new Set(entries.map(({ path }) => path));
      try {
        // Somebody else may have created a file where a folder was to be, or the other way round.
        checkTogether(after.map(({ path }) => path));
      } catch (error) {
        for (const { path, sha256 } of fresh) await this.files.delete(projectId, path, sha256);
        this.reckoner.ask(userId);
        throw error;
      }
      return after.filter(({ path }) => written.has(path));
    });
  }

  /** Fills a project that was just created. */
  async fill(userId: string, projectId: string, entries: ManifestEntry[]): Promise<void> {
    checkTogether(entries.map(({ path }) => path));
    await this.checkRoom(projectId, entries.length);
    const bytes = entries.reduce((sum, { size }) => sum + size, 0);
    await this.counted(userId, bytes, () =>
      this.projects.change(userId, projectId, () => this.files.insertAll(projectId, entries)),
    );
  }

  /** Deletes a file, or all files below a folder. */
  async delete(userId: string, projectId: string, path: string, precondition: Precondition): Promise<void> {
    await this.projects.getOwned(userId, projectId);
    const present = await this.files.get(projectId, path);
    this.checkPrecondition(path, present, precondition);
    if (present === null && !(await this.files.hasBelow(projectId, path)))
      throw notFound('file', `The project has no file or folder ${path}.`);
    const removed = await this.projects.change(userId, projectId, async () => {
      if (present === null) {
        await this.files.deleteBelow(projectId, path);
        return null;
      }
      const expected = precondition.kind === 'match' ? precondition.sha256 : null;
      if (await this.files.delete(projectId, path, expected)) return present;
      this.checkPrecondition(path, await this.files.get(projectId, path), precondition);
      return null;
    });
    if (removed === null) this.reckoner.ask(userId);
    else await this.quotas.takeFileBytes(userId, -removed.size);
  }

  /** Moves a file, or a folder with all below it. Nothing may stand at the new place. */
  async move(userId: string, projectId: string, { from, to }: Move): Promise<FileView[]> {
    if (to === from || to.startsWith(`${from}/`))
      throw conflict('file.move_into_itself', `${from} cannot be moved into itself.`);
    return this.projects.change(userId, projectId, async () => {
      const file = await this.files.get(projectId, from);
      const moved = file === null ? await this.files.listBelow(projectId, from) : [file];
      if (moved.length === 0) throw notFound('file', `The project has no file or folder ${from}.`);
      const moves = moved.map(({ path }) => ({ from: path, to: to + path.slice(from.length) }));
      for (const { to: path } of moves) {
        const message = projectPathError(path);
        if (message !== null) throw badRequest('path.invalid', `${path}: ${message}`);
      }
      for (const link of moved.filter(({ mode }) => mode === FILE_MODES.link))
        await this.checkLink(link, to + link.path.slice(from.length));
      if ((await this.files.get(projectId, to)) !== null)
        throw conflict('file.exists', `There is a file ${to} already. Delete it first, or choose another name.`);
      await this.checkNoObstacle(projectId, to, from);
      await this.files.rename(projectId, moves);
      return file === null ? this.files.listBelow(projectId, to) : [await this.get(userId, projectId, to)];
    });
  }

  /**
   * Refuses early, before any byte is read, what would be refused at the end. Gives the file that is there, if any.
   */
  private async checkWritable(
    userId: string,
    projectId: string,
    path: string,
    precondition: Precondition,
  ): Promise<FileView | null> {
    await this.projects.getOwned(userId, projectId);
    const present = await this.files.get(projectId, path);
    this.checkPrecondition(path, present, precondition);
    if (present === null) {
      await this.checkRoom(projectId, 1);
      await this.checkNoObstacle(projectId, path);
    }
    return present;
  }

  /** Does what makes the user's files larger by so many bytes, if the quota has room for them. */
  private async counted<T>(userId: string, more: number, work: () => Promise<T>): Promise<T> {
    await this.quotas.takeFileBytes(userId, more);
    try {
      return await work();
    } catch (error) {
      this.reckoner.ask(userId);
      throw error;
    }
  }

  /** Names a stored blob as the file's bytes. */
  private async put(
    userId: string,
    projectId: string,
    entry: ManifestEntry,
    precondition: Precondition,
  ): Promise<{ file: FileView; created: boolean }> {
    return this.projects.change(userId, projectId, async () => {
      const created = await this.write(projectId, entry, precondition);
      const file = await this.files.get(projectId, entry.path);
      if (file === null)
        throw notFound('file', `The file ${entry.path} was removed by somebody else at the same time.`);
      return { file, created };
    });
  }

  private async write(projectId: string, entry: ManifestEntry, precondition: Precondition): Promise<boolean> {
    if (
      precondition.kind !== 'absent' &&
      (await this.files.replace(projectId, entry, precondition.kind === 'match' ? precondition.sha256 : null))
    )
      return false;
    if (precondition.kind === 'any' || precondition.kind === 'absent') {
      await this.checkRoom(projectId, 1);
      await this.checkNoObstacle(projectId, entry.path);
      if (await this.files.insert(projectId, entry)) {
        await this.takeBackIfObstructed(projectId, entry);
        return true;
      }
    }
    if (precondition.kind === 'any') {
      // Somebody else created it between the two tries: theirs is the file to replace.
      if (await this.files.replace(projectId, entry, null)) return false;
    }
    this.checkPrecondition(entry.path, await this.files.get(projectId, entry.path), precondition);
    throw conflict('file.changed', `${entry.path} was changed by somebody else at the same time. Load it again.`);
  }

  /**
   * Two writers may create `a` and `a/b` at once, each seeing none of the other before: afterwards one of them sees
   * both.
   */
  private async takeBackIfObstructed(projectId: string, { path, sha256 }: ManifestEntry): Promise<void> {
    try {
      await this.checkNoObstacle(projectId, path);
    } catch (error) {
      await this.files.delete(projectId, path, sha256);
      throw error;
    }
  }

  private checkPrecondition(path: string, present: FileView | null, precondition: Precondition): void {
    if (precondition.kind === 'absent' && present !== null)
      throw new ProblemError(412, 'file.exists', `There is a file ${path} already.`);
    if (precondition.kind === 'present' && present === null)
      throw new ProblemError(412, 'file.changed', `${path} does not exist, or no longer.`);
    if (precondition.kind === 'match' && present?.sha256 !== precondition.sha256) {
      const what = present === null ? 'was deleted' : 'was changed';
      throw new ProblemError(
        412,
        'file.changed',
        `${path} ${what} since you loaded it. Load it again, then repeat your change.`,
      );
    }
  }

  /** The target of a link is read from where the link is. */
  private async checkLink({ path, sha256 }: FileView, to: string): Promise<void> {
    const target = (await this.blobs.read(sha256)).toString();
    if (leadsOutside(to, target))
      throw conflict(
        'file.link_outside',
        `${path} is a symbolic link to ${target}, and as ${to} it would lead out of the project. Choose another place, or delete the link.`,
      );
  }

  /** `except`: a file that is about to leave its place is no obstacle. */
  private async checkNoObstacle(projectId: string, path: string, except?: string): Promise<void> {
    const obstacle = await this.files.obstacle(projectId, path);
    if (obstacle === null || obstacle.path === except) return;
    throw conflict(
      'file.in_the_way',
      obstacle.kind === 'file'
        ? `${obstacle.path} is a file, so ${path} cannot be below it.`
        : `${path} is a folder. Choose another name for the file.`,
    );
  }

  private async checkRoom(projectId: string, more: number): Promise<void> {
    const { maxProjectFiles } = this.config;
    if (more > 0 && (await this.files.count(projectId)) + more > maxProjectFiles) {
      throw new ProblemError(413, 'project.too_many_files', `A project holds at most ${maxProjectFiles} files.`);
    }
  }
}

/** The mode of a file that is written without one: as it is; what was a link becomes a file. */
const keptMode = (present: number | undefined): number =>
  present === undefined || present === FILE_MODES.link ? FILE_MODES.plain : present;
