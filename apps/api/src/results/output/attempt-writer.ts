import { createHash, type Hash } from 'node:crypto';
import type { AttemptRef, OutputFrame } from '@mle/protocol';
import type { Chunk, OutputRepository } from './output.repository.js';
import { coalesceSegments, dropBytes, type PackedSegment } from './segment-codec.js';

/** Small chunks are merged into ones of about this size; what is as large when it comes is compressed at once. */
const MERGED_BYTES = 256 * 1024;
/** A single chunk below this stays as it is: compressed it would take hardly less room on the disk. */
const TINY_BYTES = 4 * 1024;
/** Frames that come while a write is under way are stored together, up to this size. */
const GROUP_BYTES = 512 * 1024;

interface Pending {
  data: Buffer;
  segments: PackedSegment[];
  to: number;
  resolve: (storedBytes: number) => void;
  reject: (error: unknown) => void;
}

/** A stored chunk that a merge has not passed yet. */
interface StoredChunk {
  to: number;
  /** Compressed already: it is not merged. */
  large: boolean;
}

/** Appends to one attempt's output, one write at a time. After an error it is not to be used again. */
export class AttemptWriter {
  /** Where the bytes end that were taken but may not be durable yet. */
  pendingBytes: number;
  private readonly queue: Pending[] = [];
  private writing: Promise<void> | null = null;
  private packing: Promise<void> = Promise.resolve();
  private packedTo: number;
  private readonly unpacked: StoredChunk[] = [];
  private hash: Hash | null;
  private failed = false;

  constructor(
    private readonly ref: AttemptRef,
    public storedBytes: number,
    private readonly output: OutputRepository,
    private readonly onStored: (chunk: Chunk) => void,
  ) {
    this.pendingBytes = storedBytes;
    this.packedTo = storedBytes;
    this.hash = storedBytes === 0 ? createHash('sha256') : null;
  }

  /** Of all that is stored, where this writer saw it from the first byte on. */
  get sha256(): string | null {
    return this.hash?.copy().digest('hex') ?? null;
  }

  /** Takes a frame with `from ≤ pendingBytes`; what is stored already is trimmed. Resolves when it is durable. */
  async write(frame: Pick<OutputFrame, 'from' | 'segments'>, bytes: Buffer): Promise<number> {
    // What was taken after the bytes that failed would be stored at their place.
    if (this.failed) throw new Error('an earlier write of this output failed');
    const skip = this.pendingBytes - frame.from;
    const to = frame.from + bytes.length;
    if (skip >= bytes.length) return this.reached(to);
    const data = bytes.subarray(skip);
    this.pendingBytes = to;
    return new Promise((resolve, reject) => {
      this.queue.push({ data, segments: dropBytes(frame.segments, skip), to, resolve, reject });
      this.writing ??= this.drain().finally(() => (this.writing = null));
    });
  }

  /** Resolves when all that was taken until now is durable. */
  flushed(): Promise<number> {
    return this.reached(this.pendingBytes);
  }

  /** Merges small chunks; `all` of them at the end, else only full ones. */
  pack(all: boolean): Promise<void> {
    // After a merge that failed the next one begins with the same chunks.
    this.packing = this.packing.catch(() => undefined).then(() => this.packNow(all));
    return this.packing;
  }

  private async reached(to: number): Promise<number> {
    while (this.storedBytes < to && this.writing) await this.writing;
    if (this.storedBytes < to) throw new Error('the write of this output failed');
    return this.storedBytes;
  }

  private async drain(): Promise<void> {
    while (this.queue.length > 0) {
      const group = this.nextGroup();
      let chunk: Chunk;
      try {
        chunk = await this.store(group);
      } catch (error) {
        this.failed = true;
        for (const { reject } of [...group, ...this.queue.splice(0)]) reject(error);
        return;
      }
      for (const { resolve } of group) resolve(this.storedBytes);
      this.onStored(chunk);
      if (this.storedBytes - this.packedTo >= MERGED_BYTES) this.pack(false).catch(() => undefined);
    }
  }

  private nextGroup(): Pending[] {
    let size = 0;
    let count = 0;
    while (count < this.queue.length && size < GROUP_BYTES) size += this.queue[count++]?.data.length ?? 0;
    return this.queue.splice(0, count);
  }

  private async store(group: readonly Pending[]): Promise<Chunk> {
    const from = this.storedBytes;
    const data = group.length === 1 && group[0] ? group[0].data : Buffer.concat(group.map((frame) => frame.data));
    const chunk: Chunk = {
      from,
      to: from + data.length,
      data,
      segments: coalesceSegments(group.flatMap((frame) => frame.segments)),
    };
    const large = data.length >= MERGED_BYTES;
    if (!(await this.output.append(this.ref, chunk, large)))
      throw new Error('another process stored output of this attempt');
    this.hash?.update(data);
    this.storedBytes = chunk.to;
    this.unpacked.push({ to: chunk.to, large });
    return chunk;
  }

  private async packNow(all: boolean): Promise<void> {
    for (let due = this.nextPack(all); due !== null; due = this.nextPack(all)) {
      const to = due.at(-1)?.to ?? this.packedTo;
      const alone = due.length === 1 && (due[0]?.large === true || to - this.packedTo < TINY_BYTES);
      if (!alone) await this.output.merge(this.ref, this.packedTo, to);
      this.packedTo = to;
      this.unpacked.splice(0, due.length);
    }
  }

  /** The next chunks to merge, or a large one: they are merged whole, for readers find them by where they begin. */
  private nextPack(all: boolean): StoredChunk[] | null {
    const large = this.unpacked.findIndex((chunk) => chunk.large);
    if (large === 0) return this.unpacked.slice(0, 1);
    const small = large < 0 ? this.unpacked : this.unpacked.slice(0, large);
    const full = small.findIndex(({ to }) => to - this.packedTo >= MERGED_BYTES);
    if (full >= 0) return small.slice(0, full + 1);
    // Nothing will join those before a large one.
    return (all || large > 0) && small.length > 0 ? small.slice() : null;
  }
}
