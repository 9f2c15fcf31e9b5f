import { createHash, type Hash } from 'node:crypto';
import type { Socket as NetSocket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type BrowserToServer,
  EVENTS_NAMESPACE,
  type OutputFrame,
  type RunView,
  type ServerToBrowser,
} from '@mle/protocol';
import type { Client } from '@mle/testing';
import { io, type Socket } from 'socket.io-client';

const CHUNK_BYTES = 4 * 1024 * 1024;
const RETRY_MS = 200;

/** What came of one attempt so far: contiguous from its first byte. */
interface Received {
  attempt: number;
  end: number;
  hash: Hash;
  /** The server has so much, as far as it said. */
  known: number;
  filling: boolean;
}

/**
 * A client that watches runs as the page does: frames as they come, ranges for what they leave open, and a new
 * `watch` after each connection. It asks for nothing at the end that the page would not ask for.
 */
export class Watcher {
  private readonly socket: Socket<ServerToBrowser, BrowserToServer>;
  private readonly runs = new Map<string, Received[]>();
  private closed = false;

  constructor(private readonly api: Client) {
    this.socket = io(api.url + EVENTS_NAMESPACE, {
      transports: ['websocket'],
      forceNew: true,
      reconnectionDelay: 100,
      reconnectionDelayMax: 1_000,
      extraHeaders: { authorization: `Bearer ${api.token}` },
    });
    this.socket.on('connect', () => {
      for (const runId of this.runs.keys()) void this.catchUp(runId);
    });
    this.socket.on('connect_error', () => {
      // A server without its database refuses who it cannot check, and socket.io would leave it at that.
      if (!this.socket.active && !this.closed) setTimeout(() => this.socket.connect(), RETRY_MS);
    });
    this.socket.on('disconnect', (reason) => {
      if (reason === 'io server disconnect' && !this.closed) this.socket.connect();
    });
    this.socket.on('output', (frame, bytes) => this.onFrame(frame, Buffer.from(bytes)));
    this.socket.on('run.changed', (run) => this.onRun(run));
  }

  watch(runId: string): void {
    this.runs.set(runId, []);
    void this.catchUp(runId);
  }

  close(): void {
    this.closed = true;
    this.socket.disconnect();
  }

  offline(): void {
    this.socket.disconnect();
  }

  online(): void {
    this.socket.connect();
  }

  /** Reads nothing any more, as a browser that is suspended; the connection stays. */
  pause(): void {
    this.wire().pause();
  }

  resume(): void {
    this.wire().resume();
  }

  /** How many bytes came of the attempt. */
  end(runId: string, attempt = 1): number {
    return this.of(runId, attempt)?.end ?? 0;
  }

  sha256(runId: string, attempt: number): string {
    return (this.of(runId, attempt)?.hash ?? createHash('sha256')).copy().digest('hex');
  }

  /** Resolves when all of the run's last attempt has come. */
  async complete(run: RunView, seconds: number): Promise<void> {
    for (
      const until = Date.now() + seconds * 1000;
      this.end(run.id, run.attempt) !== run.outputBytes;
      await sleep(20)
    ) {
      if (Date.now() > until)
        throw new Error(
          `the watcher has ${this.end(run.id, run.attempt)} of ${run.outputBytes} bytes of run ${run.id}`,
        );
    }
  }

  private of(runId: string, attempt: number): Received | undefined {
    return this.runs.get(runId)?.find((received) => received.attempt === attempt);
  }

  /** The TCP connection below the WebSocket below engine.io below socket.io. */
  private wire(): NetSocket {
    const { transport } = this.socket.io.engine as unknown as { transport: { ws: { _socket: NetSocket } } };
    return transport.ws._socket;
  }

  private async catchUp(runId: string): Promise<void> {
    while (this.socket.connected && !this.closed) {
      const reply = await this.socket
        .timeout(5_000)
        .emitWithAck('watch', { runId })
        .catch(() => null);
      if (reply?.ok) {
        this.begin(runId, reply.attempt, reply.storedBytes);
        return this.onRun(reply.run);
      }
      await sleep(RETRY_MS);
    }
  }

  private onRun(run: RunView): void {
    if (this.runs.has(run.id)) this.begin(run.id, run.attempt, run.outputBytes);
  }

  private begin(runId: string, attempt: number, known: number): Received | null {
    const attempts = this.runs.get(runId);
    const last = attempts?.at(-1);
    if (!attempts || (last && attempt < last.attempt)) return null;
    const received =
      last?.attempt === attempt ? last : { attempt, end: 0, hash: createHash('sha256'), known: 0, filling: false };
    if (received !== last) attempts.push(received);
    received.known = Math.max(received.known, known);
    if (received.end < received.known) void this.fill(runId, received);
    return received;
  }

  private onFrame(frame: OutputFrame, bytes: Buffer): void {
    const received = this.begin(frame.runId, frame.attempt, 0);
    if (!received) return;
    if (this.accept(received, frame.from, bytes)) return;
    received.known = Math.max(received.known, frame.from + bytes.length);
    void this.fill(frame.runId, received);
  }

  /** False where bytes before these are missing. */
  private accept(received: Received, from: number, bytes: Buffer): boolean {
    if (from > received.end) return false;
    const fresh = bytes.subarray(received.end - from);
    received.hash.update(fresh);
    received.end += fresh.length;
    return true;
  }

  private async fill(runId: string, received: Received): Promise<void> {
    if (received.filling) return;
    received.filling = true;
    while (received.end < received.known && !this.closed) {
      const before = received.end;
      if (this.socket.connected) {
        const to = Math.min(received.known, before + CHUNK_BYTES);
        const bytes = await this.api
          .output(runId, `?attempt=${received.attempt}&from=${before}&to=${to}`)
          .catch(() => null);
        if (bytes) this.accept(received, before, bytes);
      }
      // A watcher may know of bytes before they are durable.
      if (received.end === before) await sleep(RETRY_MS);
    }
    received.filling = false;
  }
}
