import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type {
  ArtifactChunk,
  AttemptRef,
  BlobFetch,
  BlobFetchReply,
  Heartbeat,
  Hello,
  HelloReply,
  Inventory,
  LeftoverReply,
  LeftoverRequest,
  MachineSettings,
  ManifestEntry,
  RunSpec,
  ServerToWorker,
  WorkerToServer,
} from '@mle/protocol';
import {
  DEFAULT_PROJECT_SETTINGS,
  DELIVERY_JOB,
  deliveryId,
  FILE_MODES,
  LIMITS,
  LINK_NAMESPACE,
  LINK_PATH,
  LINK_VERSION,
  LinkAuthSchema,
  machineQueue,
  QUEUE_PREFIX,
} from '@mle/protocol';
import { type RedisServer, startRedis } from '@mle/testing';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import type { Socket } from 'socket.io';
import { Server } from 'socket.io';
import { blobMessages } from './blob-messages.js';
import { QueuePipe } from './queue-pipe.js';
import { TestArtifacts } from './test-artifacts.js';
import { segmentsOf, TestRun } from './test-run.js';

type WorkerSocket = Socket<WorkerToServer, ServerToWorker>;

/** Whose all runs are, unless a test says otherwise. */
const OWNER = 'a'.repeat(24);
/** A worker that is busy answers late; one that never answers fails the test here. */
const ACK_MS = 60_000;
const newId = (): string => randomBytes(12).toString('hex');
const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

export type TestFile = string | Buffer | { content: string; executable?: boolean; link?: boolean };

/** The server's side of the link, of the queue and of the blobs, with everything noted for the tests. */
export class TestServer {
  readonly joinToken = `join-${newId()}`;
  settings: MachineSettings = { name: 'test machine', slots: 1, draining: false };
  readonly runs = new Map<string, TestRun>();
  readonly hellos: Hello[] = [];
  readonly inventories: Inventory[] = [];
  readonly heartbeats: Heartbeat[] = [];
  readonly auths: unknown[] = [];
  readonly fetches: BlobFetch[] = [];
  readonly blobs = new Map<string, Buffer>();
  goodbyes = 0;
  connections = 0;
  /** Changes the bytes of a chunk on its way. */
  corrupt: ((bytes: Buffer, sha256: string) => Buffer) | null = null;
  /** Answers an output frame instead of storing it. */
  onFrame: ((run: TestRun, from: number, length: number) => 'store' | 'drop' | 'gap') | null = null;
  onFetch: (() => BlobFetchReply | null) | null = null;
  onChunk: (() => void) | null = null;
  onArtifactChunk: ((chunk: ArtifactChunk) => 'store' | 'drop') | null = null;
  onLeftovers: (() => 'store' | 'drop') | null = null;
  readonly artifactChunks: ArtifactChunk[] = [];
  private readonly artifacts = new TestArtifacts(this.blobs);
  onClaim: (() => Promise<'gone' | null>) | null = null;
  /** Answers each handshake. */
  refusal: Error | null = null;
  admitAnything = false;
  /** Every attempt of the next hellos is unknown here. */
  forgetVerdicts = false;
  /** Once: stored bytes beyond this are lost when the end of a run comes. */
  rewindAtFinish: number | null = null;
  /** Once: all artifacts of the run are lost when its end comes. */
  loseArtifacts = false;
  private socket: WorkerSocket | null = null;

  private constructor(
    readonly machineId: string,
    public credential: string,
    readonly redis: RedisServer,
    private readonly io: Server<WorkerToServer, ServerToWorker>,
    readonly pipe: QueuePipe,
    readonly queue: Queue,
    private readonly connection: Redis,
    readonly url: string,
  ) {}

  static async start(): Promise<TestServer> {
    const redis = await startRedis();
    const http = createServer();
    const io = new Server<WorkerToServer, ServerToWorker>(http, {
      path: LINK_PATH,
      transports: ['websocket'],
      serveClient: false,
      maxHttpBufferSize: LIMITS.linkMessageBytes,
      destroyUpgrade: false,
    });
    http.listen(0, '127.0.0.1');
    await once(http, 'listening');
    const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
    const connection = new Redis({ path: redis.socket, password: redis.password, maxRetriesPerRequest: null });
    const machineId = newId();
    const credential = `credential-${newId()}`;
    const pipe = new QueuePipe(http, redis, (authorization) => authorization === `Bearer ${credential}`);
    const queue = new Queue(machineQueue(machineId), {
      connection,
      prefix: QUEUE_PREFIX,
      defaultJobOptions: { removeOnComplete: true, removeOnFail: true },
    });
    const server = new TestServer(machineId, credential, redis, io, pipe, queue, connection, url);
    server.listen();
    return server;
  }

  async close(): Promise<void> {
    await this.queue.close();
    this.connection.disconnect();
    this.pipe.cut();
    await this.io.close();
    await this.redis.stop();
  }

  /** Breaks the connections of the worker without a word. */
  cutLink(): void {
    this.socket?.conn.close();
  }

  blob(content: string | Buffer): string {
    const bytes = Buffer.from(content);
    const hash = sha256(bytes);
    this.blobs.set(hash, bytes);
    return hash;
  }

  snapshot(files: Record<string, TestFile>): { snapshotId: string; snapshotBytes: number } {
    const entries: ManifestEntry[] = Object.keys(files)
      .sort()
      .map((path) => {
        const file = files[path] as TestFile;
        const plain = typeof file === 'string' || Buffer.isBuffer(file);
        const bytes = Buffer.from(plain ? file : file.content);
        const mode = plain
          ? FILE_MODES.plain
          : file.link === true
            ? FILE_MODES.link
            : file.executable === true
              ? FILE_MODES.executable
              : FILE_MODES.plain;
        return { path, mode, size: bytes.length, sha256: this.blob(bytes) };
      });
    const manifest = Buffer.from(JSON.stringify({ version: 1, files: entries }));
    return { snapshotId: this.blob(manifest), snapshotBytes: manifest.length };
  }

  /** Makes a run of these files and delivers it. */
  async submit(
    files: Record<string, TestFile>,
    wishes: Partial<RunSpec> & { keepBytes?: boolean } = {},
  ): Promise<TestRun> {
    const { keepBytes = true, ...spec } = wishes;
    const run = this.create(files, spec, keepBytes);
    await this.deliver(run);
    return run;
  }

  create(files: Record<string, TestFile>, wishes: Partial<RunSpec>, keepBytes = true): TestRun {
    const spec: RunSpec = {
      runId: newId(),
      attempt: 1,
      number: this.runs.size + 1,
      ownerId: OWNER,
      projectId: newId(),
      projectName: 'test project',
      ...this.snapshot(files),
      file: null,
      command: null,
      args: [],
      params: {},
      set: [],
      settings: DEFAULT_PROJECT_SETTINGS,
      env: {},
      gpus: [],
      seed: 7,
      timeoutSeconds: null,
      clean: false,
      stopGraceMs: null,
      outputQuotaBytes: LIMITS.outputQuotaBytes,
      correlationId: `correlation-${newId()}`,
      ...wishes,
    };
    if (spec.file === null && spec.command === null) spec.file = Object.keys(files)[0] ?? null;
    const run = new TestRun(spec, keepBytes);
    this.runs.set(deliveryId(spec.runId, spec.attempt), run);
    return run;
  }

  async deliver(run: TestRun): Promise<void> {
    const { runId, attempt, correlationId } = run.spec;
    await this.queue.add(
      DELIVERY_JOB,
      { runId, attempt, correlationId: correlationId ?? undefined },
      { jobId: deliveryId(runId, attempt) },
    );
  }

  async stop(run: TestRun, reason = 'Stopped by a person.'): Promise<void> {
    run.stopReason = reason;
    const { runId, attempt } = run.spec;
    await this.socket?.timeout(ACK_MS).emitWithAck('stop', { runId, attempt, reason });
  }

  async discard(run: TestRun): Promise<void> {
    run.state = 'gone';
    const { runId, attempt } = run.spec;
    await this.socket?.timeout(ACK_MS).emitWithAck('discard', { runId, attempt });
  }

  async settleLeftovers(request: LeftoverRequest): Promise<LeftoverReply> {
    return (this.socket as WorkerSocket).timeout(ACK_MS).emitWithAck('leftovers', request);
  }

  apply(settings: Partial<MachineSettings>): void {
    this.settings = { ...this.settings, ...settings };
    this.socket?.emit('settings', this.settings);
  }

  private find(ref: AttemptRef): TestRun | undefined {
    return this.runs.get(deliveryId(ref.runId, ref.attempt));
  }

  private listen(): void {
    const namespace = this.io.of(LINK_NAMESPACE);
    namespace.use((socket, next) => {
      this.auths.push(socket.handshake.auth);
      const auth = LinkAuthSchema.parse(socket.handshake.auth);
      if (this.refusal !== null) next(this.refusal);
      else if (this.admitAnything) next();
      else if (auth.linkVersion !== LINK_VERSION)
        next(Object.assign(new Error('wrong version'), { data: { code: 'link_version' } }));
      else if (auth.joinToken === this.joinToken || auth.credential === this.credential) next();
      else next(Object.assign(new Error('not known'), { data: { code: 'unknown' } }));
    });
    namespace.on('connection', (socket) => this.serve(socket));
  }

  private serve(socket: WorkerSocket): void {
    this.socket = socket;
    this.connections++;
    socket.on('hello', (hello, ack) => {
      this.hellos.push(hello);
      ack({ ok: true, reply: this.greet(hello, LinkAuthSchema.parse(socket.handshake.auth).joinToken !== undefined) });
    });
    socket.on('inventory', (inventory) => void this.inventories.push(inventory));
    socket.on('heartbeat', (heartbeat, ack) => {
      this.heartbeats.push(heartbeat);
      ack({ ok: true });
    });
    socket.on('claim', async (ref, ack) => {
      const answer = await this.onClaim?.();
      const run = this.find(ref);
      if (run === undefined || answer === 'gone' || run.state === 'gone' || run.state === 'finished')
        return ack({ ok: false, code: 'gone', message: 'no such attempt' });
      run.claims++;
      run.state = 'preparing';
      ack({ ok: true, spec: run.spec });
    });
    socket.on('attempt.running', (running, ack) => {
      const run = this.find(running);
      if (run === undefined || run.state === 'gone') return ack({ ok: false, code: 'superseded' });
      run.running = running;
      run.runningPids.push(running.pid);
      run.state = 'running';
      ack({ ok: true });
    });
    socket.on('attempt.progress', (progress) => this.find(progress)?.progress.push(progress));
    socket.on('attempt.finished', (finished, ack) => {
      const run = this.find(finished);
      if (run === undefined || run.state === 'gone') return ack({ ok: false, code: 'superseded' });
      if (this.rewindAtFinish !== null) {
        run.truncate(this.rewindAtFinish);
        this.rewindAtFinish = null;
      }
      if (run.storedBytes !== finished.outputBytes) return ack({ ok: false, code: 'gap', expected: run.storedBytes });
      if (this.loseArtifacts) {
        this.loseArtifacts = false;
        run.artifacts.clear();
      }
      const outputs = [...run.artifacts.values()].filter(({ origin }) => origin === 'output');
      if (
        outputs.length !== finished.artifacts?.files ||
        outputs.reduce((sum, { size }) => sum + size, 0) !== finished.artifacts.bytes
      )
        return ack({ ok: false, code: 'artifacts' });
      run.finished = finished;
      run.state = 'finished';
      ack({ ok: true });
    });
    socket.on('output', (frame, bytes, ack) => {
      const run = this.find(frame);
      if (run === undefined || run.state === 'gone') return ack({ ok: false, code: 'superseded' });
      const what = this.onFrame?.(run, frame.from, bytes.length) ?? 'store';
      if (what === 'drop') return;
      if (what === 'gap' || frame.from > run.storedBytes)
        return ack({ ok: false, code: 'gap', expected: run.storedBytes });
      const skip = run.storedBytes - frame.from;
      for (const segment of segmentsOf(frame)) {
        const start = Math.max(segment.offset, run.storedBytes);
        if (segment.offset + segment.length > start)
          run.segments.push({ ...segment, offset: start, length: segment.offset + segment.length - start });
      }
      if (skip < bytes.length) run.store(Buffer.from(bytes).subarray(skip));
      ack({ ok: true, storedBytes: run.storedBytes });
    });
    socket.on('artifacts.put', (put, ack) => ack(this.artifacts.put(put, this.find(put))));
    socket.on('artifacts.chunk', (chunk, bytes, ack) => {
      this.artifactChunks.push(chunk);
      if ((this.onArtifactChunk?.(chunk) ?? 'store') === 'store') ack(this.artifacts.take(chunk, Buffer.from(bytes)));
    });
    socket.on('attempt.leftovers', (leftovers, ack) => {
      const run = this.find(leftovers);
      if (this.onLeftovers?.() === 'drop') return;
      if (run !== undefined) run.leftovers = leftovers;
      ack({ ok: true });
    });
    socket.on('blobs.fetch', (fetch, ack) => {
      this.fetches.push(fetch);
      const refusal = this.onFetch?.() ?? null;
      if (refusal !== null) return ack(refusal);
      ack({ ok: true });
      void this.send(socket, fetch).catch(() => undefined);
    });
    socket.on('goodbye', (ack) => {
      this.goodbyes++;
      ack({ ok: true });
    });
  }

  private greet(hello: Hello, joined: boolean): HelloReply {
    return {
      machineId: this.machineId,
      ...(joined ? { credential: this.credential } : {}),
      settings: this.settings,
      attempts: hello.attempts.map((ref) => {
        const run = this.find(ref);
        const known = run !== undefined && run.state !== 'gone' && run.state !== 'finished' && !this.forgetVerdicts;
        return {
          ...ref,
          verdict: known ? ('continue' as const) : ('discard' as const),
          storedBytes: run?.storedBytes ?? 0,
          stop: run?.stopReason ?? null,
        };
      }),
    };
  }

  private async send(socket: WorkerSocket, { streamId, items }: BlobFetch): Promise<void> {
    for (const message of blobMessages(this.blobs, items, this.corrupt)) {
      const { ok } = await socket
        .timeout(ACK_MS)
        .emitWithAck(
          'blob.chunk',
          { streamId, pieces: message.map(({ piece }) => piece) },
          Buffer.concat(message.map(({ bytes }) => bytes)),
        );
      this.onChunk?.();
      if (!ok) return void socket.emit('blob.end', { streamId, error: 'The worker refused a piece.' });
    }
    const isWhole = items.every(({ sha256: hash }) => this.blobs.has(hash));
    socket.emit('blob.end', { streamId, error: isWhole ? null : 'A blob is missing.' });
  }
}
