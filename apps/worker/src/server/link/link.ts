import { EventEmitter } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
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
  BlobChunk,
  BlobFetch,
  BlobFetchReply,
  ClaimReply,
  Heartbeat,
  Hello,
  HelloAnswer,
  HelloReply,
  Inventory,
  LeftoverReply,
  LeftoverRequest,
  LinkAuth,
  MachineSettings,
  OutputFrame,
  OutputReply,
  ResourceUsage,
  ServerToWorker,
  StopRequest,
  WorkerToServer,
} from '@mle/protocol';
import { LINK_NAMESPACE, LINK_PATH, LINK_VERSION } from '@mle/protocol';
import type { Socket } from 'socket.io-client';
import { io } from 'socket.io-client';
import type { Logger } from '../../base/logger.js';
import type { CredentialStore } from './credential-store.js';
import { readRefusal } from './refusal.js';
import type { ServerRoute } from './server-route.js';

const ACK_MS = 10_000;
/** A frame of output waits for a durable write behind others. */
const OUTPUT_ACK_MS = 30_000;
/** Many files at once, each flushed to the server's disk. */
const BULK_ACK_MS = 60_000;
const RETRY_MS = 100;
const REFUSED_DELAYS_MS = [500, 1_000, 2_000, 5_000, 10_000];
/** A server whose database is away is back in a moment, and counts the silence from then on. */
const UNAVAILABLE_DELAYS_MS = [200, 500, 1_000];

interface Events {
  online: [reply: HelloReply];
  offline: [];
}

/** What the server asks of the worker; each is acknowledged when the promise is fulfilled. */
interface LinkHandlers {
  hello: () => Hello;
  /** The server speaks another version of the link. True: its worker will be taken. */
  outdated: () => boolean;
  stop: (request: StopRequest) => Promise<void>;
  leftovers: (request: LeftoverRequest) => Promise<LeftoverReply>;
  discard: (ref: AttemptRef) => Promise<void>;
  settings: (settings: MachineSettings) => void;
  chunk: (chunk: BlobChunk, bytes: Buffer) => Promise<boolean>;
  blobEnd: (end: { streamId: string; error: string | null }) => void;
}

class LinkOffline extends Error {
  constructor() {
    super('The server cannot be reached now.');
  }
}

/** The control connection. It is `online` between a hello that was answered and the loss of the connection. */
export class Link extends EventEmitter<Events> {
  online = false;
  private readonly socket: Socket<ServerToWorker, WorkerToServer>;
  private handlers: LinkHandlers | null = null;
  private refused = 0;
  private framesUnderWay = 0;
  private useToken = false;
  private closed = false;

  constructor(
    { url, agent }: ServerRoute,
    private readonly credentials: CredentialStore,
    private joinToken: string | null,
    private readonly log: Logger,
  ) {
    super();
    this.setMaxListeners(0);
    this.socket = io(url + LINK_NAMESPACE, {
      path: LINK_PATH,
      transports: ['websocket'],
      autoConnect: false,
      reconnectionDelay: 100,
      reconnectionDelayMax: 2_000,
      randomizationFactor: 0.3,
      timeout: 5_000,
      // The type knows browsers only; the package hands it to the WebSocket of Node.
      ...(agent !== null && { agent: agent as unknown as string }),
      auth: (give) => give(this.auth()),
    });
    this.socket.on('connect', () => void this.greet());
    this.socket.on('disconnect', (reason) => this.onDisconnect(reason));
    this.socket.on('connect_error', (error) => this.onRefused(error));
  }

  connect(handlers: LinkHandlers): void {
    this.handlers = handlers;
    this.useToken = this.credentials.credential === null;
    this.socket.on('stop', (request, ack) => void this.acknowledge(handlers.stop(request), ack));
    this.socket.on('discard', (ref, ack) => void this.acknowledge(handlers.discard(ref), ack));
    this.socket.on('leftovers', (request, ack) => {
      handlers
        .leftovers(request)
        .then(ack, (error: unknown) =>
          this.log.error({ err: error }, 'The files that a run left could not be settled.'),
        );
    });
    this.socket.on('settings', (settings) => handlers.settings(settings));
    this.socket.on('blob.chunk', (chunk, bytes, ack) => {
      handlers.chunk(chunk, Buffer.from(bytes)).then(
        (ok) => ack({ ok }),
        () => ack({ ok: false }),
      );
    });
    this.socket.on('blob.end', (end) => handlers.blobEnd(end));
    this.socket.connect();
  }

  close(): void {
    this.closed = true;
    this.socket.disconnect();
  }

  /** Drops a connection that seems dead and makes a new one. */
  reconnect(): void {
    if (this.closed) return;
    this.socket.disconnect();
    this.socket.connect();
  }

  /** The server that has dialled gave this machine a credential: it is used at once. */
  async adopt(credential: string): Promise<void> {
    await this.credentials.save(credential);
    this.useToken = false;
    this.refused = 0;
    // After a refusal it would rest; else an attempt is under way, which must not be cut short: the package may lose
    // the next one by that.
    if (!this.closed && !this.socket.active) this.socket.connect();
  }

  /** The server let this machine go: its credential is worth nothing any more. */
  async forget(): Promise<void> {
    await this.credentials.remove();
  }

  claim(ref: AttemptRef): Promise<ClaimReply> {
    return this.ask(() => this.socket.timeout(ACK_MS).emitWithAck('claim', ref));
  }

  running(running: AttemptRunning): Promise<AttemptReply> {
    return this.ask(() => this.socket.timeout(ACK_MS).emitWithAck('attempt.running', running));
  }

  progress(progress: AttemptProgress): void {
    if (this.online) this.socket.emit('attempt.progress', progress);
  }

  resources(usage: ResourceUsage): void {
    if (this.online) this.socket.emit('resources', usage);
  }

  /** Each hello brings it too: what is not sent now is not missed. */
  inventory(inventory: Inventory): void {
    if (this.online) this.socket.emit('inventory', inventory);
  }

  finished(finished: AttemptFinished): Promise<AttemptReply> {
    return this.ask(() => this.socket.timeout(ACK_MS).emitWithAck('attempt.finished', finished));
  }

  async output(frame: OutputFrame, bytes: Buffer): Promise<OutputReply> {
    this.framesUnderWay++;
    try {
      return await this.ask<OutputReply>(() => this.socket.timeout(OUTPUT_ACK_MS).emitWithAck('output', frame, bytes));
    } finally {
      this.framesUnderWay--;
    }
  }

  /** Output has been sent and is not acknowledged: what can wait should not stand in its way. */
  get outputUnderWay(): boolean {
    return this.framesUnderWay > 0;
  }

  putArtifacts(put: ArtifactPut): Promise<ArtifactPutReply> {
    return this.ask(() => this.socket.timeout(BULK_ACK_MS).emitWithAck('artifacts.put', put));
  }

  artifactChunk(chunk: ArtifactChunk, bytes: Buffer): Promise<ArtifactChunkReply> {
    return this.ask(() => this.socket.timeout(BULK_ACK_MS).emitWithAck('artifacts.chunk', chunk, bytes));
  }

  leftovers(leftovers: AttemptLeftovers): Promise<AttemptReply> {
    return this.ask(() => this.socket.timeout(ACK_MS).emitWithAck('attempt.leftovers', leftovers));
  }

  fetchBlobs(fetch: BlobFetch): Promise<BlobFetchReply> {
    return this.ask(() => this.socket.timeout(ACK_MS).emitWithAck('blobs.fetch', fetch));
  }

  heartbeat(heartbeat: Heartbeat): Promise<{ ok: true }> {
    return this.ask(() => this.socket.timeout(ACK_MS).emitWithAck('heartbeat', heartbeat));
  }

  goodbye(): Promise<{ ok: true }> {
    return this.ask(() => this.socket.timeout(1_000).emitWithAck('goodbye'));
  }

  async untilOnline(signal: AbortSignal): Promise<void> {
    while (!this.online) {
      signal.throwIfAborted();
      await new Promise<void>((resolve) => {
        const go = (): void => {
          this.off('online', go);
          signal.removeEventListener('abort', go);
          resolve();
        };
        this.on('online', go);
        signal.addEventListener('abort', go);
      });
    }
    signal.throwIfAborted();
  }

  /** Asks until there is an answer, across losses of the connection. For messages that may arrive twice. */
  async insist<T>(signal: AbortSignal, question: () => Promise<T>): Promise<T> {
    for (;;) {
      await this.untilOnline(signal);
      try {
        return await question();
      } catch (error) {
        this.log.debug({ err: error }, 'A message had no answer and is sent again.');
        signal.throwIfAborted();
        await delay(RETRY_MS);
      }
    }
  }

  /** What waits in socket.io's own buffer would overtake the hello after a reconnection: nothing is sent offline. */
  private ask<T>(question: () => Promise<T>): Promise<T> {
    return this.online ? question() : Promise.reject(new LinkOffline());
  }

  private auth(): LinkAuth {
    const { credential } = this.credentials;
    if (this.useToken && this.joinToken !== null) return { linkVersion: LINK_VERSION, joinToken: this.joinToken };
    return credential === null ? { linkVersion: LINK_VERSION } : { linkVersion: LINK_VERSION, credential };
  }

  private async greet(): Promise<void> {
    const connection = this.socket.id;
    try {
      const hello = (this.handlers as LinkHandlers).hello();
      const answer = (await this.socket.timeout(ACK_MS).emitWithAck('hello', hello)) as HelloAnswer;
      if (connection !== this.socket.id) return;
      if (!answer.ok) throw new Error(answer.message);
      if (answer.reply.credential !== undefined) {
        await this.credentials.save(answer.reply.credential);
        this.joinToken = null;
        this.useToken = false;
      }
      if (connection !== this.socket.id || !this.socket.connected) return;
      this.refused = 0;
      this.online = true;
      this.emit('online', answer.reply);
    } catch (error) {
      if (connection !== this.socket.id) return;
      this.log.warn(
        { err: error },
        `The server did not accept the greeting: ${error instanceof Error ? error.message : String(error)}`,
      );
      this.preferCredential();
      this.socket.disconnect();
      // It was let in, so it is known: what failed is the server.
      this.connectLater(this.useToken ? REFUSED_DELAYS_MS : UNAVAILABLE_DELAYS_MS);
    }
  }

  private onDisconnect(reason: string): void {
    const was = this.online;
    this.online = false;
    if (was) {
      this.log.info({ reason }, 'The connection to the server is lost.');
      this.emit('offline');
    }
    if (reason === 'io server disconnect') this.connectLater();
  }

  private onRefused(error: Error): void {
    if (this.socket.active) {
      this.log.debug({ err: error }, 'The server cannot be reached.');
      return;
    }
    const refusal = readRefusal(error, this.useToken);
    const { kind } = refusal;
    if (kind === 'unknown' && !this.useToken && this.joinToken !== null) {
      this.log.warn('The server refused the stored credential. The join token is tried.');
      this.useToken = true;
      this.socket.connect();
      return;
    }
    if (kind === 'unknown') this.preferCredential();
    if (kind === 'link_version' && this.handlers?.outdated() === true)
      this.log.warn(
        { err: error },
        'The server speaks another version of the link. Its worker is taken between two runs.',
      );
    else this.log.error({ err: error }, refusal.advice);
    this.connectLater(kind === 'unavailable' ? UNAVAILABLE_DELAYS_MS : REFUSED_DELAYS_MS);
  }

  /** A token that was refused too: the credential may be known again when the server is restored. */
  private preferCredential(): void {
    this.useToken = this.credentials.credential === null;
  }

  private connectLater(delays: readonly number[] = REFUSED_DELAYS_MS): void {
    if (this.closed) return;
    const wait = delays[Math.min(this.refused++, delays.length - 1)];
    setTimeout(() => {
      if (!this.closed && !this.socket.connected) this.socket.connect();
    }, wait);
  }

  private async acknowledge(work: Promise<void>, ack: (reply: { ok: true }) => void): Promise<void> {
    try {
      await work;
      ack({ ok: true });
    } catch (error) {
      this.log.error({ err: error }, 'A request of the server failed.');
    }
  }
}
