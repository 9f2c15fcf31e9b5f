import {
  ArtifactChunkSchema,
  ArtifactPutSchema,
  AttemptFinishedSchema,
  AttemptLeftoversSchema,
  AttemptProgressSchema,
  AttemptRunningSchema,
  BlobFetchSchema,
  ClaimSchema,
  HeartbeatSchema,
  HelloSchema,
  InventorySchema,
  LIMITS,
  LINK_NAMESPACE,
  LINK_VERSION,
  LinkAuthSchema,
  type LinkRefusal,
  OutputFrameSchema,
  QUEUE_PATH,
  ResourceUsageSchema,
  type ServerToWorker,
  type WorkerToServer,
} from '@mle/protocol';
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { DefaultEventsMap, Namespace } from 'socket.io';
import type { z } from 'zod';
import { MachineCredentials } from '../../machines/machine-credentials.js';
import { QueueGate } from '../../machines/queue/queue-gate.service.js';
import { withCorrelationId } from '../../platform/logging/correlation.js';
import { logger } from '../../platform/logging/logger.js';
import { EventsService } from '../../platform/signals/events.service.js';
import { SocketServer } from '../../platform/sockets/socket-server.js';
import { BlobStreams } from './blob-streams.service.js';
import { LinkSession, type WorkerData, type WorkerSocket } from './link-session.js';
import { LinkSessions } from './link-sessions.service.js';

/** A handshake that is refused, with a code for the worker and a sentence for its user. */
class RefusedHandshake extends Error {
  readonly data: LinkRefusal;

  constructor(code: LinkRefusal['code'], message: string) {
    super(message);
    this.data = { code };
  }
}

const UNKNOWN = 'The credential of this worker is not known here. Add the machine again on the Machines page.';

/** Accepts the links of workers: checks who they are and what they say, and hands it to their session. */
@Injectable()
export class LinkGateway implements OnApplicationBootstrap {
  private readonly namespace: Namespace<WorkerToServer, ServerToWorker, DefaultEventsMap, WorkerData>;

  constructor(
    private readonly sockets: SocketServer,
    private readonly credentials: MachineCredentials,
    private readonly sessions: LinkSessions,
    private readonly blobs: BlobStreams,
    private readonly gate: QueueGate,
    private readonly events: EventsService,
  ) {
    this.namespace = sockets.io.of(LINK_NAMESPACE);
  }

  onApplicationBootstrap(): void {
    this.namespace.use((socket, next) => {
      this.authenticate(socket).then(
        () => next(),
        (error: unknown) => {
          if (!(error instanceof RefusedHandshake)) logger.warn({ err: error }, 'a worker could not be checked');
          next(
            error instanceof RefusedHandshake
              ? error
              : new RefusedHandshake('unavailable', 'The server could not check the credential. It is tried again.'),
          );
        },
      );
    });
    this.namespace.on('connection', (socket) => this.connected(socket));
    this.sockets.onUpgrade(QUEUE_PATH, (request, socket, head) => {
      this.gate.upgrade(request, socket, head).catch((error: unknown) => {
        logger.warn({ err: error }, 'a queue connection failed');
        socket.destroy();
      });
    });
    this.events.on('machine.stop', (machineId, request) => void this.sessions.of(machineId)?.stop(request));
    this.events.on('machine.leftovers', (machineId, requestId, request) => {
      this.sessions
        .leftovers(machineId, requestId, request)
        .catch((error: unknown) =>
          logger.warn({ err: error, machineId }, 'a machine did not settle the files that a run left'),
        );
    });
    this.events.on('machine.settings', (machineId) => {
      this.sessions
        .refresh(machineId)
        .catch((error: unknown) => logger.warn({ err: error, machineId }, 'a machine was not told its settings'));
    });
  }

  /** @throws RefusedHandshake when the worker may not come in. */
  private async authenticate(socket: WorkerSocket): Promise<void> {
    const auth = LinkAuthSchema.safeParse(socket.handshake.auth);
    if (!auth.success) throw new RefusedHandshake('unknown', 'The worker sent no credential.');
    const { linkVersion, credential, joinToken } = auth.data;
    if (linkVersion !== LINK_VERSION) {
      throw new RefusedHandshake(
        'link_version',
        `This worker speaks version ${linkVersion} of the link and the server version ${LINK_VERSION}. Fetch the worker again from /worker/worker.mjs of the server.`,
      );
    }
    if (credential) {
      const machineId = await this.credentials.machineOf(credential);
      if (!machineId) throw new RefusedHandshake('unknown', UNKNOWN);
      socket.data.machineId = machineId;
    } else if (joinToken) {
      // The token is used up by the first hello, which brings the name.
      socket.data.joinToken = joinToken;
    } else {
      throw new RefusedHandshake('unknown', 'The worker sent no credential.');
    }
  }

  private connected(socket: WorkerSocket): void {
    const session = new LinkSession(socket, this.sessions);
    /** A message that is not valid, or fails, gets no answer: the worker's wait ends and it asks again. */
    const checked =
      <S extends z.ZodType, R>(schema: S, handle: (message: z.output<S>) => Promise<R>) =>
      (message: unknown, ack: (reply: R) => void): void => {
        const parsed = schema.safeParse(message);
        if (typeof ack !== 'function' || !parsed.success) return;
        handle(parsed.data).then(ack, (error: unknown) =>
          logger.warn({ err: error, machineId: socket.data.machineId }, 'a message of a worker failed; it asks again'),
        );
      };

    socket.on('hello', (message, ack) => {
      const hello = HelloSchema.safeParse(message);
      if (typeof ack !== 'function') return;
      if (!hello.success)
        return ack({
          ok: false,
          message: 'The hello of this worker is not valid. Fetch the worker again from the server.',
        });
      session.hello(hello.data).then(
        (reply) => ack({ ok: true, reply }),
        (error: unknown) => {
          logger.warn({ err: error, machineId: socket.data.machineId }, 'a worker was not greeted');
          ack({
            ok: false,
            message: error instanceof Error ? error.message : 'The server could not greet the worker.',
          });
        },
      );
    });
    socket.on(
      'heartbeat',
      checked(HeartbeatSchema, async (heartbeat) => {
        await session.heartbeat(heartbeat);
        return { ok: true as const };
      }),
    );
    socket.on(
      'claim',
      checked(ClaimSchema, (ref) => withCorrelationId(`${ref.runId}-${ref.attempt}`, () => session.claim(ref))),
    );
    socket.on(
      'attempt.running',
      checked(AttemptRunningSchema, (running) => session.running(running)),
    );
    socket.on(
      'attempt.finished',
      checked(AttemptFinishedSchema, (finished) => session.finished(finished)),
    );
    socket.on('attempt.progress', (progress) => {
      const parsed = AttemptProgressSchema.safeParse(progress);
      if (parsed.success) session.progress(parsed.data).catch(() => undefined);
    });
    socket.on('resources', (usage) => {
      const parsed = ResourceUsageSchema.safeParse(usage);
      if (parsed.success) session.resources(parsed.data).catch(() => undefined);
    });
    socket.on('inventory', (inventory) => {
      const parsed = InventorySchema.safeParse(inventory);
      if (parsed.success) session.inventory(parsed.data).catch(() => undefined);
    });
    socket.on('output', (frame, bytes, ack) => {
      const parsed = OutputFrameSchema.safeParse(frame);
      const length = parsed.success ? parsed.data.segments.reduce((sum, [size]) => sum + size, 0) : -1;
      if (
        typeof ack !== 'function' ||
        !parsed.success ||
        !Buffer.isBuffer(bytes) ||
        bytes.length !== length ||
        length > LIMITS.outputFrameBytes
      )
        return;
      session
        .output(parsed.data, bytes)
        .then(ack, (error: unknown) => logger.warn({ err: error }, 'output was not taken; the worker sends it again'));
    });
    socket.on(
      'artifacts.put',
      checked(ArtifactPutSchema, (put) => session.putArtifacts(put)),
    );
    socket.on('artifacts.chunk', (message, bytes, ack) => {
      const parsed = ArtifactChunkSchema.safeParse(message);
      const length = parsed.success ? parsed.data.pieces.reduce((sum, piece) => sum + piece.length, 0) : -1;
      if (typeof ack !== 'function' || !parsed.success || !Buffer.isBuffer(bytes) || bytes.length !== length) return;
      session
        .artifactChunk(parsed.data, bytes)
        .then(ack, (error: unknown) =>
          logger.warn({ err: error }, 'a piece of an artifact was not taken; the worker sends it again'),
        );
    });
    socket.on(
      'attempt.leftovers',
      checked(AttemptLeftoversSchema, (leftovers) => session.leftovers(leftovers)),
    );
    socket.on('blobs.fetch', (request, ack) => {
      const parsed = BlobFetchSchema.safeParse(request);
      const machineId = socket.data.machineId;
      if (typeof ack !== 'function' || !parsed.success || !machineId) return;
      this.blobs.serve(socket, machineId, parsed.data).then(ack, (error: unknown) => {
        logger.warn({ err: error, machineId }, 'files were not served');
        ack({ ok: false, message: 'The server could not serve the files. They are asked for again.' });
      });
    });
    socket.on('goodbye', (ack) => {
      if (typeof ack === 'function')
        session.goodbye().then(
          () => ack({ ok: true }),
          () => undefined,
        );
    });
    socket.on('disconnect', () => session.closed());
  }
}
