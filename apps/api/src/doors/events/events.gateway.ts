import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import {
  type AttemptRef,
  type BrowserToServer,
  EVENTS_NAMESPACE,
  EVENTS_PATH,
  LIMITS,
  type MetricWatchReply,
  type OutputFrame,
  type ServerEvent,
  type ServerToBrowser,
  type WatchReply,
  WatchSchema,
} from '@mle/protocol';
import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { DefaultEventsMap, Namespace, Socket } from 'socket.io';
import { type Authentication, AuthService } from '../../accounts/auth/auth.service.js';
import type { AuthUser } from '../../platform/http/current-user.js';
import { ProblemError, unauthorized } from '../../platform/http/problem.js';
import { logger } from '../../platform/logging/logger.js';
import { BoundedQueue, QueueFull } from '../../platform/queues/bounded-queue.js';
import { EventsService } from '../../platform/signals/events.service.js';
import { SocketServer } from '../../platform/sockets/socket-server.js';
import { OutputIngest } from '../../results/output/output-ingest.service.js';
import { OutputRelay } from '../../results/output/output-relay.service.js';
import { RunsService } from '../../runs/life/runs.service.js';

interface SocketData {
  user: AuthUser;
  /** What it asks is answered a few at a time. */
  requests: BoundedQueue;
}
type BrowserSocket = Socket<BrowserToServer, ServerToBrowser, DefaultEventsMap, SocketData>;

/** A browser that is this far behind gets no more frames: it sees the gap and fetches the range. */
const BACKLOG_BYTES = 4 * 1024 * 1024;

/** How long a socket may outlive its log-in. */
const RECHECK_MS = 5_000;

const userRoom = (userId: string): string => `user:${userId}`;
const runRoom = (runId: string): string => `run:${runId}`;
const metricsRoom = (runId: string): string => `metrics:${runId}`;

/** Tells browsers what changes, and the output of the runs that they watch. */
@Injectable()
export class EventsGateway implements OnApplicationBootstrap, OnModuleDestroy {
  private timer?: NodeJS.Timeout;
  private readonly namespace: Namespace<BrowserToServer, ServerToBrowser, DefaultEventsMap, SocketData>;
  /** Who came in by which handshake. */
  private readonly admitted = new WeakMap<IncomingMessage, Authentication>();

  constructor(
    sockets: SocketServer,
    private readonly auth: AuthService,
    private readonly events: EventsService,
    private readonly runs: RunsService,
    private readonly ingest: OutputIngest,
    private readonly relay: OutputRelay,
  ) {
    this.namespace = sockets
      .endpoint({
        path: EVENTS_PATH,
        maxMessageBytes: LIMITS.browserMessageBytes,
        maxAttachments: 0,
        forBrowsers: true,
        admit: (request) => this.admit(request),
      })
      .of(EVENTS_NAMESPACE) as typeof this.namespace;
  }

  onApplicationBootstrap(): void {
    this.namespace.on('connection', (socket) => this.connected(socket));
    this.timer = setInterval(() => {
      this.recheck().catch((error: unknown) => logger.debug({ err: error }, 'the logins of browsers were not checked'));
    }, RECHECK_MS);
    this.events.on('browser', (event, userId, payload) => this.tell(event, userId, payload));
    this.events.on('metrics', (update) => this.namespace.to(metricsRoom(update.runId)).emit('metrics', update));
    this.ingest.frameTaken.on((frame, bytes) => this.output(frame, bytes));
    // Frames that another replica took are read from the database, for those who watch here.
    this.relay.start(
      (frame, bytes) => this.output(frame, bytes),
      (ref) => this.watched(ref),
    );
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  /** @throws ProblemError where nobody is logged in. */
  private async admit(request: IncomingMessage): Promise<void> {
    const { cookie, authorization } = request.headers;
    const found = await this.auth.authenticate({ cookieHeader: cookie, authorizationHeader: authorization });
    if (!found) throw unauthorized();
    this.admitted.set(request, found);
  }

  private userOf({ cookie, authorization }: IncomingHttpHeaders): Promise<AuthUser | null> {
    return this.auth.authenticateRequest({ cookieHeader: cookie, authorizationHeader: authorization });
  }

  /** Ends the sockets of whoever logged out or lost a token meanwhile, on whichever replica that was. */
  private async recheck(): Promise<void> {
    for (const socket of this.namespace.sockets.values()) {
      const user = await this.userOf(socket.request.headers);
      if (user?.id !== socket.data.user.id) socket.disconnect(true);
    }
  }

  private connected(socket: BrowserSocket): void {
    const found = this.admitted.get(socket.request);
    if (!found) return void socket.disconnect(true);
    const { user } = found;
    socket.on(
      'disconnect',
      this.auth.hold(found, () => socket.disconnect(true)),
    );
    socket.data = { user, requests: new BoundedQueue(LIMITS.browserRequests, LIMITS.browserRequestsWaiting) };
    void socket.join(userRoom(user.id));
    socket.on('watch', (request, ack) => void this.answer(socket, () => this.watch(socket, request), ack));
    socket.on('unwatch', (request) => this.leave(socket, request, runRoom));
    socket.on(
      'metrics.watch',
      (request, ack) => void this.answer(socket, () => this.watchMetrics(socket, request), ack),
    );
    socket.on('metrics.unwatch', (request) => this.leave(socket, request, metricsRoom));
  }

  private async answer<R>(socket: BrowserSocket, work: () => Promise<R>, ack: unknown): Promise<void> {
    const tell = (reply: R | { ok: false; message: string }): void => {
      if (typeof ack === 'function') (ack as (reply: unknown) => void)(reply);
    };
    try {
      // What is closed meanwhile asks for nothing any more.
      await socket.data.requests.run(async () => {
        if (socket.connected) tell(await work());
      });
    } catch (error) {
      tell({ ok: false, message: sentenceOf(error) });
      if (error instanceof QueueFull) socket.disconnect(true);
    }
  }

  private leave(socket: BrowserSocket, request: unknown, room: (runId: string) => string): void {
    const parsed = WatchSchema.safeParse(request);
    if (parsed.success) void socket.leave(room(parsed.data.runId));
  }

  private async watchMetrics(socket: BrowserSocket, request: unknown): Promise<MetricWatchReply> {
    const parsed = WatchSchema.safeParse(request);
    if (!parsed.success) return { ok: false, message: 'Give the runId of a run.' };
    const run = await this.runs.get(socket.data.user.id, parsed.data.runId);
    await socket.join(metricsRoom(parsed.data.runId));
    return { ok: true, attempt: run.attempt };
  }

  private async watch(socket: BrowserSocket, request: unknown): Promise<WatchReply> {
    const parsed = WatchSchema.safeParse(request);
    if (!parsed.success) return { ok: false, message: 'Give the runId of a run.' };
    const { runId } = parsed.data;
    const run = await this.runs.get(socket.data.user.id, runId);
    // Joined before the size is read: whatever comes in between is seen twice rather than not at all.
    await socket.join(runRoom(runId));
    const storedBytes = await this.ingest.watchFrom({ runId, attempt: run.attempt });
    return { ok: true, run: await this.runs.get(socket.data.user.id, runId), attempt: run.attempt, storedBytes };
  }

  private tell(event: ServerEvent, userId: string | null, payload: unknown): void {
    const target = userId === null ? this.namespace : this.namespace.to(userRoom(userId));
    // One table types every event; here the event and its payload come together, from publish().
    (target.emit as (event: string, payload: unknown) => boolean).call(target, event, payload);
  }

  private watched({ runId }: AttemptRef): boolean {
    return this.namespace.adapter.rooms.has(runRoom(runId));
  }

  private output(frame: OutputFrame, bytes: Buffer): void {
    const watchers = this.namespace.adapter.rooms.get(runRoom(frame.runId));
    if (!watchers) return;
    for (const id of watchers) {
      const socket = this.namespace.sockets.get(id);
      if (!socket || backlog(socket) > BACKLOG_BYTES) continue;
      socket.compress(false).emit('output', frame, bytes as unknown as ArrayBuffer);
    }
  }
}

function sentenceOf(error: unknown): string {
  if (error instanceof ProblemError) return error.detail;
  if (error instanceof QueueFull) return 'Too many requests wait on this connection. It is closed: connect again.';
  logger.warn({ err: error }, 'a run is not watched');
  return 'The run cannot be watched now. Try again in a moment.';
}

/** What engine.io holds for a browser, beside what the WebSocket holds: its types keep it private. */
interface Connection {
  writeBuffer: { data?: string | Buffer }[];
  transport: { socket?: { bufferedAmount: number } };
}

/** Bytes that wait to be sent to this browser. */
function backlog(socket: BrowserSocket): number {
  const { writeBuffer, transport } = socket.conn as unknown as Connection;
  const queued = writeBuffer.reduce((sum, { data }) => sum + (data?.length ?? 0), 0);
  return (transport.socket?.bufferedAmount ?? 0) + queued;
}
