import {
  type AttemptRef,
  type BlobChunk,
  type LeftoverReply,
  LeftoverReplySchema,
  type LeftoverRequest,
  type MachineSettings,
  type ServerToWorker,
  type StopRequest,
  type WorkerToServer,
} from '@mle/protocol';
import type { DefaultEventsMap, Socket } from 'socket.io';
import type { MachineRecord } from '../../machines/machines.repository.js';
import { type ClaimingMachine, claimingMachine } from '../../runs/life/claiming-machine.js';

const ORDER_MS = 5_000;
const CHUNK_MS = 30_000;
/** The upload of all that a run may keep. */
const LEFTOVERS_MS = 6 * 3_600_000;

/** By what a worker proved itself: as a machine that is known, or by a token for a new one. */
export type WorkerProof = { machineId: string } | { joinToken: string };
export type WorkerSocket = Socket<WorkerToServer, ServerToWorker, DefaultEventsMap, { proof?: WorkerProof }>;

/** One connection of one worker: which machine it is, and what it can be told. */
export class LinkSession {
  /** Set by the hello, before which nothing else is taken. */
  private known: ClaimingMachine | null = null;

  constructor(
    private readonly socket: WorkerSocket,
    readonly proof: WorkerProof,
  ) {}

  /** @throws when the worker has not said hello. */
  get machine(): ClaimingMachine {
    if (!this.known) throw new Error('the worker has not said hello');
    return this.known;
  }

  /** Null before the hello. */
  get machineId(): string | null {
    return this.known?.id ?? null;
  }

  /** Takes over how the machine is now; from the first time on its messages are taken. */
  know(machine: MachineRecord): void {
    this.known = claimingMachine(machine);
  }

  /** Tells the worker to stop an attempt. What is lost on the way is told again with the next heartbeat. */
  stop(request: StopRequest): void {
    this.socket.timeout(ORDER_MS).emit('stop', request, () => undefined);
  }

  /** Tells the worker to kill its copy of an attempt. It is told again for as long as its heartbeats name it. */
  discard(ref: AttemptRef): void {
    this.socket.timeout(ORDER_MS).emit('discard', ref, () => undefined);
  }

  settings(machine: MachineRecord): void {
    if (this.known) this.know(machine);
    this.socket.emit('settings', settingsOf(machine));
  }

  /** Has the machine keep or remove files; the answer comes when the last of them is stored. */
  async settleLeftovers(request: LeftoverRequest): Promise<LeftoverReply> {
    return LeftoverReplySchema.parse(await this.socket.timeout(LEFTOVERS_MS).emitWithAck('leftovers', request));
  }

  /** Sends pieces of blobs; resolves when the worker has taken them. */
  async sendChunk(chunk: BlobChunk, bytes: Buffer): Promise<void> {
    const { ok } = await this.socket.timeout(CHUNK_MS).emitWithAck('blob.chunk', chunk, bytes);
    if (!ok) throw new Error('the worker refused a piece');
  }

  /** Ends a stream of blobs, early when there is an error to tell. */
  endBlobs(streamId: string, error: string | null): void {
    this.socket.emit('blob.end', { streamId, error });
  }

  disconnect(): void {
    this.socket.disconnect(true);
  }
}

export function settingsOf({ name, slots, draining, endsAt }: MachineRecord): MachineSettings {
  return { name, slots, draining, ...(endsAt !== undefined && { endsAt: endsAt.toISOString() }) };
}
