import type {
  ArtifactChunk,
  ArtifactChunkReply,
  ArtifactPut,
  ArtifactPutReply,
  AttemptFinished,
  AttemptLeftovers,
  AttemptProgress,
  AttemptRef,
  AttemptReply,
  AttemptRunning,
  ClaimReply,
  Heartbeat,
  Hello,
  HelloReply,
  Inventory,
  LeftoverReply,
  LeftoverRequest,
  MachineSettings,
  OutputFrame,
  OutputReply,
  ResourceUsage,
  ServerToWorker,
  StopRequest,
  WorkerToServer,
} from '@mle/protocol';
import { LeftoverReplySchema } from '@mle/protocol';
import type { DefaultEventsMap, Socket } from 'socket.io';
import type { ClaimingMachine } from '../../runs/life/claiming-machine.js';
import type { LinkSessions } from './link-sessions.service.js';

/** The upload of all that a run may keep. */
const LEFTOVERS_MS = 6 * 3_600_000;

export interface WorkerData {
  machineId?: string;
  joinToken?: string;
}
export type WorkerSocket = Socket<WorkerToServer, ServerToWorker, DefaultEventsMap, WorkerData>;

/** One connection of one worker. Its methods reject, and never throw, when the worker has not said hello. */
export class LinkSession {
  /** Set by the hello, before which nothing else is taken. */
  private machine: ClaimingMachine | null = null;

  constructor(
    private readonly socket: WorkerSocket,
    private readonly sessions: LinkSessions,
  ) {}

  async hello(hello: Hello): Promise<HelloReply> {
    const { machine, reply } = await this.sessions.greet(this, this.socket.data, hello);
    this.socket.data.machineId = machine.id;
    delete this.socket.data.joinToken;
    this.machine = machine;
    return reply;
  }

  async heartbeat(heartbeat: Heartbeat): Promise<void> {
    await this.sessions.seen(this.known(), heartbeat, this);
  }

  async claim(ref: AttemptRef): Promise<ClaimReply> {
    return this.sessions.claims.claim(this.known(), ref);
  }

  async running(running: AttemptRunning): Promise<AttemptReply> {
    return this.sessions.claims.running(this.known().id, running);
  }

  async finished(finished: AttemptFinished): Promise<AttemptReply> {
    return this.sessions.endings.finished(this.known(), finished);
  }

  async progress(progress: AttemptProgress): Promise<void> {
    return this.sessions.progress(this.known().id, progress);
  }

  async resources(usage: ResourceUsage): Promise<void> {
    return this.sessions.usage(this.known().id, usage);
  }

  async inventory(inventory: Inventory): Promise<void> {
    const shared = await this.sessions.inventory(this.known().id, inventory);
    this.machine = { ...this.known(), shared };
  }

  async output(frame: OutputFrame, bytes: Buffer): Promise<OutputReply> {
    const { id } = this.known();
    return this.sessions.ingest.accept(frame, bytes, {
      machineId: id,
      mayWrite: (ref) => this.sessions.mayWrite(id, ref),
    });
  }

  async putArtifacts(put: ArtifactPut): Promise<ArtifactPutReply> {
    const { id } = this.known();
    return this.sessions.artifacts.put(id, put, (ref) => this.sessions.mayPut(id, ref, put.items));
  }

  async artifactChunk(chunk: ArtifactChunk, bytes: Buffer): Promise<ArtifactChunkReply> {
    const { id } = this.known();
    return this.sessions.artifacts.chunk(id, chunk, bytes, (ref) => this.sessions.mayPut(id, ref, []));
  }

  async leftovers(leftovers: AttemptLeftovers): Promise<AttemptReply> {
    return (await this.sessions.left.take(this.known().id, leftovers))
      ? { ok: true }
      : { ok: false, code: 'superseded' };
  }

  /** Has the machine keep or remove files; the answer comes when the last of them is stored. */
  async settleLeftovers(request: LeftoverRequest): Promise<LeftoverReply> {
    return LeftoverReplySchema.parse(await this.socket.timeout(LEFTOVERS_MS).emitWithAck('leftovers', request));
  }

  async goodbye(): Promise<void> {
    await this.sessions.leave(this.known().id, this);
  }

  closed(): void {
    if (this.machine) this.sessions.drop(this.machine.id, this);
  }

  /** Tells the worker to stop an attempt. What is lost on the way is told again with the next heartbeat. */
  stop(request: StopRequest): void {
    this.socket.timeout(5_000).emit('stop', request, () => undefined);
  }

  /** Tells the worker to kill its copy of an attempt. It is told again for as long as its heartbeats name it. */
  discard(ref: AttemptRef): void {
    this.socket.timeout(5_000).emit('discard', ref, () => undefined);
  }

  settings(settings: MachineSettings, shared: boolean): void {
    if (this.machine) this.machine = { ...this.machine, name: settings.name, shared };
    this.socket.emit('settings', settings);
  }

  disconnect(): void {
    this.socket.disconnect(true);
  }

  private known(): ClaimingMachine {
    if (!this.machine) throw new Error('the worker has not said hello');
    return this.machine;
  }
}
