import { createHash, type Hash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AttemptFinished, AttemptRef, OutputFrame, OutputReply } from '@mle/protocol';
import { Injectable } from '@nestjs/common';
import { logger } from '../../platform/logging/logger.js';
import { EventsService } from '../../platform/signals/events.service.js';
import { Hook } from '../../platform/signals/hook.js';
import { Signal } from '../../platform/signals/signal.js';
import { AttemptWriter } from './attempt-writer.js';
import { type Chunk, OutputRepository } from './output.repository.js';

/** Who sends output. */
export interface Sender {
  machineId: string;
  /** Whether the attempt is the one that this machine may write to, now. */
  mayWrite: (ref: AttemptRef) => Promise<boolean>;
}

/** How long an answer of `mayWrite` holds in this process, for that machine. */
const FENCE_MS = 1_000;
const OUTAGE_PAUSE_MS = 500;

interface Entry {
  writer: AttemptWriter;
  checkedAt: number;
  /** The machine that the last answer was about. */
  machineId: string | null;
}

/** Takes output frames of machines, in order and without gaps, and acknowledges them once they are durable. */
@Injectable()
export class OutputIngest {
  /** Each new frame before it is durable: the same offset will hold the same bytes. */
  readonly frameTaken = new Signal<[frame: OutputFrame, bytes: Buffer]>();
  /** Each chunk once it is durable, in the order of their offsets. */
  readonly chunkStored = new Signal<[ref: AttemptRef, chunk: Chunk]>();
  /** The stored output of an attempt is dropped, to be taken again from its beginning. */
  readonly onRestart = new Hook<[ref: AttemptRef]>();
  private readonly entries = new Map<string, Promise<Entry>>();

  constructor(
    private readonly output: OutputRepository,
    private readonly events: EventsService,
  ) {
    events.on('attempt.ended', (ref) => this.forget(ref));
  }

  /** Makes ready for an attempt that was won this moment: nothing of it is stored, and its machine may write. */
  open(ref: AttemptRef, machineId: string): void {
    this.entries.set(key(ref), Promise.resolve({ writer: this.writer(ref, 0), checkedAt: Date.now(), machineId }));
  }

  /** Resolves when the frame is durable, or says why it was not taken. */
  async accept(frame: OutputFrame, bytes: Buffer, sender: Sender): Promise<OutputReply> {
    const ref: AttemptRef = { runId: frame.runId, attempt: frame.attempt };
    try {
      const entry = await this.entry(ref);
      if (entry.machineId !== sender.machineId || Date.now() - entry.checkedAt > FENCE_MS) {
        if (!(await sender.mayWrite(ref))) {
          // Another machine's entry stays: it may be writing.
          if (entry.machineId === null || entry.machineId === sender.machineId) this.forget(ref);
          return { ok: false, code: 'superseded' };
        }
        entry.checkedAt = Date.now();
        entry.machineId = sender.machineId;
      }
      return await this.write(entry.writer, frame, bytes);
    } catch (error) {
      logger.warn({ err: error, ...ref }, 'output was not stored; the worker sends it again');
      this.forget(ref);
      // The worker holds the bytes: a short pause keeps it from sending them in a tight loop.
      await sleep(OUTAGE_PAUSE_MS);
      return { ok: false, code: 'gap', expected: await this.storedBytes(ref).catch(() => frame.from) };
    }
  }

  /** Whether this process takes the attempt's output. */
  writes(ref: AttemptRef): boolean {
    return this.entries.has(key(ref));
  }

  /** What a new watcher has to fetch by range: all that was handed out before it came, durable by now. */
  async watchFrom(ref: AttemptRef): Promise<number> {
    const entry = this.entries.get(key(ref));
    return entry ? (await entry).writer.flushed() : this.output.end(ref);
  }

  /** What is durable of the attempt. */
  async storedBytes(ref: AttemptRef): Promise<number> {
    return (await this.entry(ref)).writer.storedBytes;
  }

  /**
   * Compares what is stored with what the machine says that it sent. Answers null when they agree, else the
   * offset to send again from: what differs is dropped, for the machine's spool is the truth.
   */
  async verify(
    ref: AttemptRef,
    { outputBytes, outputSha256 }: Pick<AttemptFinished, 'outputBytes' | 'outputSha256'>,
  ): Promise<number | null> {
    const { writer } = await this.entry(ref);
    if (writer.storedBytes < outputBytes) return writer.storedBytes;
    const sha256 = writer.storedBytes === outputBytes ? await this.sha256(ref, writer) : null;
    if (sha256 === outputSha256) return null;
    logger.error(
      { ...ref, storedBytes: writer.storedBytes, outputBytes },
      'stored output differs from the machine’s; it is taken again',
    );
    this.forget(ref);
    await this.output.removeAttempt(ref);
    await this.onRestart.run(ref);
    return 0;
  }

  /** Ends the writing of an attempt and packs what is still in small pieces. */
  close(ref: AttemptRef): void {
    const entry = this.entries.get(key(ref));
    this.entries.delete(key(ref));
    entry
      ?.then(({ writer }) => writer.pack(true))
      .catch((error: unknown) => logger.warn({ err: error, ...ref }, 'output was not packed'));
  }

  private forget(ref: AttemptRef): void {
    this.entries.delete(key(ref));
  }

  private async write(writer: AttemptWriter, frame: OutputFrame, bytes: Buffer): Promise<OutputReply> {
    if (frame.from > writer.pendingBytes) return { ok: false, code: 'gap', expected: writer.pendingBytes };
    if (frame.from + bytes.length > writer.pendingBytes) this.frameTaken.emit(frame, bytes);
    return { ok: true, storedBytes: await writer.write(frame, bytes) };
  }

  private entry(ref: AttemptRef): Promise<Entry> {
    const known = this.entries.get(key(ref));
    if (known) return known;
    const entry = this.output
      .end(ref)
      .then((storedBytes) => ({ writer: this.writer(ref, storedBytes), checkedAt: 0, machineId: null }));
    this.entries.set(key(ref), entry);
    entry.catch(() => this.forget(ref));
    return entry;
  }

  private writer(ref: AttemptRef, storedBytes: number): AttemptWriter {
    return new AttemptWriter(ref, storedBytes, this.output, (chunk) => {
      this.events.emit('output.stored', ref, chunk.to);
      this.chunkStored.emit(ref, chunk);
    });
  }

  private async sha256(ref: AttemptRef, writer: AttemptWriter): Promise<string> {
    if (writer.sha256) return writer.sha256;
    const hash: Hash = createHash('sha256');
    for await (const chunk of this.output.read(ref, 0, writer.storedBytes)) hash.update(chunk.data);
    return hash.digest('hex');
  }
}

const key = ({ runId, attempt }: AttemptRef): string => `${runId}-${attempt}`;
