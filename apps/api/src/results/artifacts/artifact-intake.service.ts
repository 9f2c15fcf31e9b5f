import {
  type ArtifactChunk,
  type ArtifactChunkReply,
  type ArtifactEntry,
  type ArtifactPut,
  type ArtifactPutReply,
  artifactQuotaReason,
  type AttemptFinished,
  type AttemptRef,
  type DroppedArtifact,
} from '@mle/protocol';
import { Injectable } from '@nestjs/common';
import { BlobsService } from '../../platform/blobs/blobs.service.js';
import { IncomingBlobs } from '../../platform/blobs/incoming-blobs.service.js';
import { ProblemError } from '../../platform/http/problem.js';
import { logger } from '../../platform/logging/logger.js';
import { QUOTA_OF_BYTES, QuotasService } from '../../platform/quotas/quotas.service.js';
import { EventsService } from '../../platform/signals/events.service.js';
import { AnnouncedContents } from './announced-contents.js';
import { ArtifactFence } from './artifact-fence.service.js';
import { ArtifactsRepository } from './artifacts.repository.js';

/** How long an answer of the fence holds for the pieces of a content. */
const FENCE_MS = 1_000;
/** Small contents are written side by side: the disk flushes several at the price of one. */
const WRITES_AT_ONCE = 16;
/** A page hears of several changes at once. */
const ANNOUNCE_MS = 300;

/** Takes the artifacts of attempts from their machines: first what there is, then the contents that are missing. */
@Injectable()
export class ArtifactIntake {
  private readonly fences = new Map<string, number>();
  private readonly announced = new Map<string, AnnouncedContents>();
  private readonly queues = new Map<string, Promise<unknown>>();
  private readonly announcements = new Set<string>();

  constructor(
    private readonly artifacts: ArtifactsRepository,
    private readonly blobs: BlobsService,
    private readonly incoming: IncomingBlobs,
    private readonly fence: ArtifactFence,
    private readonly quotas: QuotasService,
    private readonly events: EventsService,
  ) {
    events.on('attempt.ended', (ref) => this.close(ref));
  }

  async put(machineId: string, put: ArtifactPut): Promise<ArtifactPutReply> {
    const ref: AttemptRef = { runId: put.runId, attempt: put.attempt };
    const run = await this.fence.runOf(machineId, ref, put.items);
    if (!run) return { ok: false, code: 'superseded' };
    const name = sender(machineId, ref);
    const announced = this.announced.get(name) ?? new AnnouncedContents();
    this.announced.set(name, announced);
    const forgotten = await this.forget(ref, run.ownerId, put, announced);
    const { accepted, refused } = await this.withinQuota(ref, run.ownerId, put.items, announced);
    const { present, missing } = await this.sorted(name, run.ownerId, accepted, announced);
    await this.store(ref, run.ownerId, present);
    // No end of the attempt comes after what a person keeps of it.
    if (announced.isEmpty && put.items.some(({ origin }) => origin === 'kept')) this.announced.delete(name);
    const news = await this.drop(ref, [...put.dropped, ...refused], put.items[0]?.origin ?? 'output');
    if (present.length + news.length > 0 || forgotten) this.announce(put.runId, run.ownerId);
    return { ok: true, missing, refused, news };
  }

  /** Pieces are taken in the order in which they came: those of one content follow one another. */
  chunk(machineId: string, chunk: ArtifactChunk, bytes: Buffer): Promise<ArtifactChunkReply> {
    const name = sender(machineId, chunk);
    const result = (this.queues.get(name) ?? Promise.resolve()).then(() => this.take(machineId, chunk, bytes));
    const settled = result.catch(() => undefined);
    this.queues.set(name, settled);
    void settled.then(() => {
      if (this.queues.get(name) === settled) this.queues.delete(name);
    });
    return result;
  }

  /** Whether all that the machine says to have stored is stored. */
  async agrees(ref: AttemptRef, claimed: NonNullable<AttemptFinished['artifacts']>): Promise<boolean> {
    const { files, bytes } = await this.artifacts.totals(ref, 'output');
    return files === claimed.files && bytes === claimed.bytes;
  }

  private async take(machineId: string, { pieces, ...ref }: ArtifactChunk, bytes: Buffer): Promise<ArtifactChunkReply> {
    if (!(await this.fenced(machineId, ref))) return { ok: false, code: 'superseded' };
    const name = sender(machineId, ref);
    const announced = this.announced.get(name);
    // After a start of this process nothing is announced: to put the items again is the way to go on.
    if (!pieces.every(({ sha256, size }) => announced?.expects(sha256, size))) return { ok: false, code: 'gap' };
    let at = 0;
    const parts = pieces.map(({ length, ...piece }) => ({ ...piece, bytes: bytes.subarray(at, (at += length)) }));
    const corrupt: string[] = [];
    try {
      for (let first = 0; first < parts.length; first += WRITES_AT_ONCE) {
        const batch = parts.slice(first, first + WRITES_AT_ONCE);
        const results = await Promise.all(batch.map((part) => this.incoming.take(name, part)));
        if (results.includes('gap')) return { ok: false, code: 'gap' };
        batch.forEach(({ sha256 }, index) => {
          if (results[index] === 'corrupt') corrupt.push(sha256);
          if (results[index] === 'stored') announced?.show(sha256);
        });
      }
    } catch (error) {
      const full =
        error instanceof ProblemError ? error.status === 507 : (error as NodeJS.ErrnoException).code === 'ENOSPC';
      if (!full) throw error;
      logger.error({ err: error, ...ref }, 'the disk is full: an artifact is not stored');
      return { ok: false, code: 'full' };
    }
    return { ok: true, corrupt };
  }

  /** Answers whether there was anything; the machine need not send it again to have it under another name. */
  private async forget(
    ref: AttemptRef,
    ownerId: string,
    put: ArtifactPut,
    announced: AnnouncedContents,
  ): Promise<boolean> {
    for (const path of put.removed) announced.remove(path);
    const forgotten = [
      ...(put.afresh ? await this.artifacts.forgetStored(ref) : []),
      ...(put.removed.length === 0 ? [] : await this.artifacts.forget(ref, put.removed)),
    ];
    for (const { sha256 } of forgotten) if (sha256 !== null) announced.show(sha256);
    const bytes = forgotten.reduce((sum, { sha256, size }) => sum + (sha256 === null ? 0 : size), 0);
    await this.quotas.addRunBytes(ownerId, -bytes);
    return forgotten.length > 0;
  }

  /** The items in their order, as far as the quota reaches, beside what is announced already. */
  private async withinQuota(
    ref: AttemptRef,
    ownerId: string,
    items: ArtifactEntry[],
    announced: AnnouncedContents,
  ): Promise<{ accepted: ArtifactEntry[]; refused: DroppedArtifact[] }> {
    const accepted: ArtifactEntry[] = [];
    const refused: DroppedArtifact[] = [];
    if (items.length === 0) return { accepted, refused };
    const [quotas, room, totals, known] = await Promise.all([
      this.quotas.get(),
      this.quotas.roomOf(ownerId),
      this.artifacts.totals(ref),
      this.artifacts.known(
        ref,
        items.map(({ path }) => path),
      ),
    ]);
    const coming = announced.totalsBeside(items.map(({ path }) => path));
    let files = totals.files + coming.files;
    let bytes = totals.bytes + coming.bytes;
    for (const item of items) {
      const before = known.get(item.path);
      const replaced = before?.sha256 ? { files: 1, bytes: before.size } : { files: 0, bytes: 0 };
      const grown = bytes - replaced.bytes + item.size;
      const full = item.size > replaced.bytes && grown - totals.bytes > room;
      const reason = full ? QUOTA_OF_BYTES(quotas.bytes) : artifactQuotaReason(files - replaced.files + 1, grown);
      if (reason !== null) {
        refused.push({ path: item.path, size: item.size, reason });
        files -= replaced.files;
        bytes -= replaced.bytes;
        continue;
      }
      files += 1 - replaced.files;
      bytes += item.size - replaced.bytes;
      accepted.push(item);
    }
    return { accepted, refused };
  }

  private async store(ref: AttemptRef, ownerId: string, entries: ArtifactEntry[]): Promise<void> {
    if (entries.length === 0) return;
    const before = await this.artifacts.known(
      ref,
      entries.map(({ path }) => path),
    );
    await this.artifacts.store(ref, ownerId, entries);
    const replaced = (path: string): number => (before.get(path)?.sha256 ? (before.get(path)?.size ?? 0) : 0);
    const more = entries.reduce((sum, { path, size }) => sum + size - replaced(path), 0);
    await this.quotas.addRunBytes(ownerId, more);
  }

  /**
   * What is here already, and what is to be sent: all that this owner does not have, whoever else may. To know a name is
   * not to have the content.
   */
  private async sorted(
    sender: string,
    ownerId: string,
    items: ArtifactEntry[],
    announced: AnnouncedContents,
  ): Promise<{ present: ArtifactEntry[]; missing: { sha256: string; from: number }[] }> {
    const present: ArtifactEntry[] = [];
    const missing = new Map<string, number>();
    for (const item of items) {
      const had = announced.isShown(item.sha256) || (await this.artifacts.has(ownerId, item.sha256));
      const size = had ? await this.blobs.claim(item.sha256) : null;
      announced.remove(item.path);
      if (size !== null) {
        present.push({ ...item, size });
        continue;
      }
      const received = missing.get(item.sha256) ?? (await this.incoming.received(sender, item.sha256, item.size));
      if (received === item.size && item.size > 0) present.push(item);
      else {
        missing.set(item.sha256, received);
        announced.add(item);
      }
    }
    return { present, missing: [...missing].map(([sha256, from]) => ({ sha256, from })) };
  }

  /** Answers those that were not known as dropped for that reason. */
  private async drop(
    ref: AttemptRef,
    dropped: DroppedArtifact[],
    origin: ArtifactEntry['origin'],
  ): Promise<DroppedArtifact[]> {
    if (dropped.length === 0) return [];
    const known = await this.artifacts.known(
      ref,
      dropped.map(({ path }) => path),
    );
    const news = dropped.filter(({ path, reason }) => known.get(path)?.reason !== reason);
    await this.artifacts.drop(ref, news, origin);
    return news;
  }

  private async fenced(machineId: string, ref: AttemptRef): Promise<boolean> {
    const name = sender(machineId, ref);
    if (Date.now() - (this.fences.get(name) ?? 0) <= FENCE_MS) return true;
    this.fences.delete(name);
    if (!(await this.fence.runOf(machineId, ref))) return false;
    this.fences.set(name, Date.now());
    return true;
  }

  /** What came of a content by half is of no use when no more will come. */
  private close(ref: AttemptRef): void {
    for (const name of new Set([...this.fences.keys(), ...this.announced.keys()])) {
      if (!name.startsWith(`${ref.runId}-${ref.attempt}-`)) continue;
      this.fences.delete(name);
      this.announced.delete(name);
      this.incoming
        .forget(name)
        .catch((error: unknown) =>
          logger.warn({ err: error, ...ref }, 'half an artifact was not removed; the collector does it'),
        );
    }
  }

  private announce(runId: string, ownerId: string): void {
    if (this.announcements.has(runId)) return;
    this.announcements.add(runId);
    setTimeout(() => {
      this.announcements.delete(runId);
      this.events.publish('artifact.changed', { userId: ownerId }, { runId });
    }, ANNOUNCE_MS).unref();
  }
}

const sender = (machineId: string, { runId, attempt }: AttemptRef): string => `${runId}-${attempt}-${machineId}`;
