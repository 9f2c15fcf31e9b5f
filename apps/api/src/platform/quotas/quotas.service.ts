import { statfs } from 'node:fs/promises';
import type { Quotas } from '@mle/protocol';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../config/config.js';
import { conflict, ProblemError } from '../http/problem.js';
import { type Kept, QuotasRepository } from './quotas.repository.js';

const GB = 1e9;
/** Of the server's disk: what goes on can end with less. */
const FREE_BYTES = GB;

/** Holds users to their quotas where something is made. Who is above one keeps what there is, and makes no more. */
@Injectable()
export class QuotasService {
  constructor(
    private readonly quotas: QuotasRepository,
    @Inject(CONFIG) private readonly config: Pick<Config, 'dataDir'>,
  ) {}

  get(): Promise<Quotas> {
    return this.quotas.get();
  }

  put(quotas: Quotas): Promise<Quotas> {
    return this.quotas.put(quotas);
  }

  kept(ownerId: string): Promise<Kept> {
    return this.quotas.kept(ownerId);
  }

  /** @throws ProblemError 409 where a user with so many projects may have no more. */
  async checkProjects(present: number): Promise<void> {
    const { projects } = await this.quotas.get();
    if (present >= projects)
      throw conflict(
        'quota.projects',
        `You have ${present} projects, and may keep ${projects}. Delete one, or ask an administrator to raise the limit.`,
      );
  }

  /**
   * Counts a run before it is made.
   * @throws ProblemError 409 where the user may keep no more, 507 where the disk has no room for any.
   */
  async takeRun(ownerId: string): Promise<void> {
    const { runs, bytes } = await this.quotas.get();
    await this.checkDisk();
    const kept = await this.quotas.add(ownerId, { runs: 1 });
    const isFull = kept.fileBytes + kept.runBytes >= bytes;
    if (kept.runs <= runs && !isFull) return;
    await this.giveRunBack(ownerId);
    if (isFull) throw full(bytes);
    throw conflict(
      'quota.runs',
      `You keep ${kept.runs - 1} runs, and may keep ${runs}. Delete runs that you do not need, or ask an administrator to raise the limit.`,
    );
  }

  forget(ownerId: string): Promise<void> {
    return this.quotas.forget(ownerId);
  }

  async giveRunBack(ownerId: string): Promise<void> {
    await this.quotas.add(ownerId, { runs: -1 });
  }

  private async checkDisk(): Promise<void> {
    const { bavail, bsize } = await statfs(this.config.dataDir);
    if (bavail * bsize < FREE_BYTES)
      throw new ProblemError(
        507,
        'disk.low',
        'The disk of the server has less than 1 GB free, and new runs need that. Delete runs or projects, or free some space.',
      );
  }

  /** @throws ProblemError 409 where the user may store nothing more. */
  async checkBytes(ownerId: string): Promise<void> {
    if ((await this.roomOf(ownerId)) <= 0) throw full((await this.quotas.get()).bytes);
  }

  /** How many bytes more the user may store; negative where there are too many already. */
  async roomOf(ownerId: string): Promise<number> {
    const [{ bytes }, { fileBytes, runBytes }] = await Promise.all([this.quotas.get(), this.quotas.kept(ownerId)]);
    return bytes - fileBytes - runBytes;
  }

  /** Counts bytes of files before they are stored. @throws ProblemError 409 where there is no room for them. */
  async takeFileBytes(ownerId: string, more: number): Promise<void> {
    const { bytes } = await this.quotas.get();
    const { fileBytes, runBytes } = await this.quotas.add(ownerId, { fileBytes: more });
    if (more <= 0 || fileBytes + runBytes <= bytes) return;
    await this.quotas.add(ownerId, { fileBytes: -more });
    throw full(bytes);
  }

  /** Counts what a run has stored already. */
  async addRunBytes(ownerId: string, more: number): Promise<void> {
    if (more !== 0) await this.quotas.add(ownerId, { runBytes: more });
  }
}

export const QUOTA_OF_BYTES = (bytes: number): string =>
  `Your files and runs may take ${Number((bytes / GB).toPrecision(3))} GB together. Delete files or runs that you do not need, or ask an administrator to raise the limit.`;

const full = (bytes: number) => conflict('quota.bytes', QUOTA_OF_BYTES(bytes));
