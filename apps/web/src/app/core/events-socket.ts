import { effect, inject, Injectable, signal, untracked } from '@angular/core';
import type { BrowserToServer, MetricWatchReply, ServerEvent, ServerToBrowser, WatchReply } from '@mle/protocol';
import type { Socket } from 'socket.io-client';
import { EVENTS } from './protocol-values';
import { retryAfter, ServerState } from './server-state';
import { Session } from './session';

/** Lists are read once the line is there; where it is slow to come they are read without it. */
const FIRST_WAIT_MS = 400;

type Listener<E extends ServerEvent> = ServerToBrowser[E];

/**
 * The live line to the server. It dials again by itself; `epoch` counts the connections, so that readers know to catch
 * up.
 */
@Injectable({ providedIn: 'root' })
export class EventsSocket {
  private readonly server = inject(ServerState);
  private readonly session = inject(Session);
  private socket: Socket<ServerToBrowser, BrowserToServer> | null = null;
  private opening: Promise<void> | null = null;
  /** Which line it is: one more with each that was closed. */
  private line = 0;
  /** The next try, while the line is down, and how many have failed. */
  private retry: ReturnType<typeof setTimeout> | undefined;
  private firstWait: ReturnType<typeof setTimeout> | undefined;
  private failed = 0;
  private readonly listeners = new Map<ServerEvent, Set<(...args: never[]) => void>>();
  /** 0 before the first connection, then one more with each. */
  readonly epoch = signal(0);
  /**
   * Counts the times that lists have to be read: 0 until they may be. With each connection what changes from then on is
   * told, so what is read before it has to be read again.
   */
  readonly reading = signal(0);
  readonly connected = signal(false);

  constructor() {
    // The line belongs to a login: a new one dials anew, and every reader catches up.
    effect(() => {
      if (!this.session.user()) untracked(() => this.close());
    });
  }

  open(): Promise<void> {
    if (!this.opening) this.firstWait = setTimeout(() => this.readWithout(), FIRST_WAIT_MS);
    this.opening ??= this.dial();
    return this.opening;
  }

  close(): void {
    clearTimeout(this.retry);
    clearTimeout(this.firstWait);
    this.reading.set(0);
    this.line++;
    this.socket?.disconnect();
    this.socket = null;
    this.opening = null;
    this.connected.set(false);
  }

  /** Listens until the returned function is called. Listeners outlive reconnections. */
  on<E extends ServerEvent>(event: E, listener: Listener<E>): () => void {
    const set = this.listeners.get(event) ?? new Set();
    this.listeners.set(event, set.add(listener));
    return () => set.delete(listener);
  }

  async watch(runId: string): Promise<WatchReply> {
    const socket = this.socket;
    if (!socket?.connected) return { ok: false, message: 'The server is not connected.' };
    return (await socket.timeout(10_000).emitWithAck('watch', { runId })) as WatchReply;
  }

  unwatch(runId: string): void {
    if (this.socket?.connected) this.socket.emit('unwatch', { runId });
  }

  async watchMetrics(runId: string): Promise<MetricWatchReply> {
    const socket = this.socket;
    if (!socket?.connected) return { ok: false, message: 'The server is not connected.' };
    return (await socket.timeout(10_000).emitWithAck('metrics.watch', { runId })) as MetricWatchReply;
  }

  unwatchMetrics(runId: string): void {
    if (this.socket?.connected) this.socket.emit('metrics.unwatch', { runId });
  }

  reconnectNow(): void {
    clearTimeout(this.retry);
    this.server.nextTry.set(null);
    if (this.socket && !this.socket.connected) this.socket.disconnect().connect();
    this.server.tryNow();
  }

  private async dial(): Promise<void> {
    const { line } = this;
    // A server that goes away as the page loads takes this script along.
    const { io } = await this.server.whenReached(() => import('socket.io-client'));
    if (line !== this.line) return;
    const socket: Socket<ServerToBrowser, BrowserToServer> = io(EVENTS, {
      transports: ['websocket'],
      timeout: 10_000,
      // Tried again from here: the page tells when.
      reconnection: false,
    });
    this.socket = socket;
    socket.on('connect', () => {
      this.connected.set(true);
      this.failed = 0;
      this.server.reached();
      this.epoch.update((epoch) => epoch + 1);
      this.reading.update((times) => times + 1);
    });
    socket.on('disconnect', (reason) => {
      this.connected.set(false);
      if (this.socket !== socket) return;
      // Ours: the line is dialled anew at once.
      if (reason === 'io client disconnect') return;
      this.dialLater(socket);
      if (reason === 'io server disconnect') void this.session.verify();
    });
    socket.on('connect_error', () => {
      this.connected.set(false);
      if (this.socket !== socket) return;
      this.readWithout();
      this.dialLater(socket);
      // A browser does not say why it has no line: whether the session has ended, a request finds out.
      void this.session.verify();
    });
    socket.onAny((event: ServerEvent, ...args: unknown[]) => {
      for (const listener of this.listeners.get(event) ?? []) listener(...(args as never[]));
    });
  }

  private readWithout(): void {
    this.reading.update((times) => Math.max(1, times));
  }

  private dialLater(socket: Socket<ServerToBrowser, BrowserToServer>): void {
    // Not all browsers of a server that was away come back in the same moment.
    const wait = retryAfter(this.failed++) * (0.8 + 0.4 * Math.random());
    this.server.lost(new Date(Date.now() + wait));
    clearTimeout(this.retry);
    this.retry = setTimeout(() => {
      this.server.nextTry.set(null);
      if (this.socket === socket) socket.connect();
    }, wait);
  }
}
