import type { IncomingMessage } from 'node:http';
import {
  LIMITS,
  LINK_NAMESPACE,
  LINK_PATH,
  LINK_VERSION,
  LinkAuthSchema,
  type LinkRefusal,
  type ServerToWorker,
  type WorkerToServer,
} from '@mle/protocol';
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { DefaultEventsMap, Namespace } from 'socket.io';
import { MachineCredentials } from '../../machines/machine-credentials.js';
import { logger } from '../../platform/logging/logger.js';
import { SocketServer } from '../../platform/sockets/socket-server.js';
import { receive, type WorkerEvent } from './link-message.js';
import { LinkSession, type WorkerProof, type WorkerSocket } from './link-session.js';
import { LinkSessions } from './link-sessions.js';
import { LinkTable } from './link-table.js';
import { Strangers } from './strangers.js';

/** Output and contents of artifacts come as one attachment beside their head. */
const ATTACHMENTS = 1;

/** A handshake that is refused, with a code for the worker and a sentence for its user. */
class RefusedHandshake extends Error {
  readonly data: LinkRefusal;

  constructor(code: LinkRefusal['code'], message: string) {
    super(message);
    this.data = { code };
  }
}

const UNKNOWN = 'The credential of this worker is not known here. Add the machine again on the Machines page.';

/** Accepts the links of workers: checks who they are, and takes their messages. */
@Injectable()
export class LinkGateway implements OnApplicationBootstrap {
  private readonly namespace: Namespace<WorkerToServer, ServerToWorker, DefaultEventsMap, WorkerSocket['data']>;

  constructor(
    sockets: SocketServer,
    private readonly credentials: MachineCredentials,
    private readonly sessions: LinkSessions,
    private readonly table: LinkTable,
    private readonly strangers: Strangers,
  ) {
    const io = sockets.endpoint({
      path: LINK_PATH,
      maxMessageBytes: LIMITS.linkMessageBytes,
      maxAttachments: ATTACHMENTS,
      forBrowsers: false,
      // Who it is comes in the CONNECT packet.
      admit: (request, address) => this.strangers.admit(request, address),
    });
    io.engine.on('connection', ({ request }: { request: IncomingMessage }) => this.strangers.of(request)?.watch());
    this.namespace = io.of(LINK_NAMESPACE) as typeof this.namespace;
  }

  onApplicationBootstrap(): void {
    this.namespace.use((socket, next) => {
      this.authenticate(socket.handshake.auth).then(
        (proof) => {
          socket.data.proof = proof;
          // A join token is used up by the hello, and not looked at before.
          if ('machineId' in proof) this.strangers.of(socket.request)?.prove();
          next();
        },
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
  }

  /** @throws RefusedHandshake when the worker may not come in. */
  private async authenticate(given: unknown): Promise<WorkerProof> {
    const auth = LinkAuthSchema.safeParse(given);
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
      return { machineId };
    }
    if (joinToken) return { joinToken };
    throw new RefusedHandshake('unknown', 'The worker sent no credential.');
  }

  private connected(socket: WorkerSocket): void {
    const { proof } = socket.data;
    if (!proof) return void socket.disconnect(true);
    const session = new LinkSession(socket, proof);
    for (const event of Object.keys(this.table.messages) as WorkerEvent[]) {
      socket.on(event, (...received: unknown[]) => {
        const answered = receive(session, event, this.table.messages[event], received);
        if (event === 'hello')
          void this.strangers.of(socket.request)?.greet(answered, () => session.machineId !== null);
      });
    }
    socket.on('disconnect', () => {
      if (session.machineId) this.sessions.leave(session.machineId, session);
    });
  }
}
