import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import {
  CARRIER_EXPORTER,
  CARRIER_HEADERS,
  CARRIER_PATH,
  CARRIER_PROTOCOL,
  CARRIER_TIMING,
  CARRIER_VERSION,
  type CarrierRefusal,
  type CarrierSession,
  type DialServerMessage,
  LINK_VERSION,
  proofText,
} from '@mle/protocol';
import type { ListenSettings } from '../../base/config/arguments.js';
import { BadArgument } from '../../base/config/bad-argument.js';
import type { Logger } from '../../base/logger.js';
import type { ServerRoute } from '../link/server-route.js';
import { CarrierAgent } from './carrier-agent.js';
import type { ListenIdentity } from './listen-identity.js';
import { ServerControl } from './server-control.js';

/** Slows down whoever tries tokens. */
const WRONG_PROOF_MS = 1_000;
/** A server that is about to dial is waited for; shorter than the clients' own patience. */
const NO_SERVER_MS = 4_000;
/** Two streams and the control connection are in use; the rest is room for ends that overlap and for strangers. */
const MOST_CONNECTIONS = 64;
/** Nobody resolves this name: all connections to it come from the agent. */
const CARRIED_URL = 'http://server.invalid';
const STATUS = {
  malformed: '400 Bad Request',
  proof: '401 Unauthorized',
  no_stream: '404 Not Found',
  taken: '409 Conflict',
  link_version: '426 Upgrade Required',
} as const;

export interface DialHandlers {
  /** A server has dialled and proved the token: the credential is this machine's from now on. */
  welcome: (credential: string) => Promise<void>;
  /** The server removed this machine. */
  release: () => Promise<void>;
}

interface Wait {
  resolve: (stream: Duplex) => void;
  reject: (error: Error) => void;
  timer: NodeJS.Timeout;
}

/** Waits for a server to dial, and turns the connections that it delivers into connections to it. */
export class CarrierListener {
  readonly route: ServerRoute = { url: CARRIED_URL, agent: new CarrierAgent(() => this.openStream()) };
  private readonly server: Server;
  private readonly waits = new Map<string, Wait>();
  private readonly streams = new Set<TLSSocket>();
  private control: ServerControl | null = null;
  /** The server that has given its credential, and those who wait for one. */
  private ready: ServerControl | null = null;
  private readonly waitForReady = new Set<() => void>();
  private handlers: DialHandlers | null = null;

  constructor(
    private readonly identity: ListenIdentity,
    private readonly name: string,
    private readonly log: Logger,
  ) {
    this.server = createServer({
      cert: identity.certificate,
      key: identity.key,
      minVersion: 'TLSv1.3',
      handshakeTimeout: CARRIER_TIMING.handshakeMs,
      headersTimeout: CARRIER_TIMING.handshakeMs,
      noDelay: true,
    });
    this.server.maxConnections = MOST_CONNECTIONS;
    this.server.on('request', (_request, response) => {
      response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' });
      response.end('This is a worker of ML Experimenter. Connect it on the Machines page of a server.\n');
    });
    this.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) =>
      this.upgrade(request, socket as TLSSocket, head),
    );
  }

  /** Throws `BadArgument` where the address cannot be listened on; gives the port. */
  async listen({ port, host }: ListenSettings, handlers: DialHandlers): Promise<number> {
    this.handlers = handlers;
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', (error: NodeJS.ErrnoException) =>
        reject(new BadArgument(sentenceOf(error, port, host))),
      );
      this.server.listen(port, host ?? undefined, resolve);
    });
    return (this.server.address() as AddressInfo).port;
  }

  close(): void {
    this.server.close();
    this.drop();
    this.server.closeAllConnections();
  }

  private async openStream(): Promise<Duplex> {
    const control = await this.untilReady();
    const id = randomUUID();
    return new Promise((resolve, reject) => {
      const fail = (): void => this.fail(id, 'The server did not dial in time.');
      this.waits.set(id, { resolve, reject, timer: setTimeout(fail, CARRIER_TIMING.handshakeMs) });
      control.send({ type: 'open', stream: id });
    });
  }

  /**
   * Its clients come back at once when a server dials, and fail as slowly as a dialled connection does while none has.
   */
  private async untilReady(): Promise<ServerControl> {
    const end = performance.now() + NO_SERVER_MS;
    while (this.ready === null) {
      const left = end - performance.now();
      if (left <= 0) throw new Error('No server has dialled this worker.');
      await new Promise<void>((resolve) => {
        const go = (): void => {
          clearTimeout(timer);
          this.waitForReady.delete(go);
          resolve();
        };
        const timer = setTimeout(go, left);
        this.waitForReady.add(go);
      });
    }
    return this.ready;
  }

  private upgrade(request: IncomingMessage, socket: TLSSocket, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    const header = (name: string): string => String(request.headers[name] ?? '');
    const version = header(CARRIER_HEADERS.version);
    const server = header(CARRIER_HEADERS.server);
    const stream = header(CARRIER_HEADERS.stream) || null;
    if (request.url !== CARRIER_PATH || request.headers.upgrade !== CARRIER_PROTOCOL || version === '' || server === '')
      return refuse(socket, 'malformed');
    if (version !== String(CARRIER_VERSION)) {
      this.log.warn(
        { theirs: version, ours: CARRIER_VERSION },
        'A server that dials otherwise was refused. Update the worker from /worker/worker.mjs of the server.',
      );
      return refuse(socket, 'link_version');
    }
    const session = { exported: exportKey(socket), fingerprint: this.identity.fingerprint, server, stream };
    if (!sameText(header(CARRIER_HEADERS.proof), this.proof({ ...session, side: 'server' }))) {
      this.log.warn({ from: socket.remoteAddress }, 'Somebody dialled with a wrong token and was refused.');
      setTimeout(() => refuse(socket, 'proof'), WRONG_PROOF_MS);
      return;
    }
    const taken = this.control !== null && this.control.server !== server;
    if (taken) {
      this.log.warn(
        { from: socket.remoteAddress },
        'Another server dialled with the right token and was refused: this worker is connected.',
      );
      return refuse(socket, 'taken');
    }
    if (stream !== null && !this.waits.has(stream)) return refuse(socket, 'no_stream');
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${CARRIER_PROTOCOL}\r\n${CARRIER_HEADERS.proof}: ${this.proof({ ...session, side: 'worker' })}\r\n\r\n`,
    );
    if (head.length > 0) socket.unshift(head);
    if (stream === null) this.take(socket, server);
    else this.deliver(stream, socket);
  }

  private take(socket: TLSSocket, server: string): void {
    // The same server again: its earlier connection is dead, whether this side has noticed or not.
    this.drop();
    const control = new ServerControl(socket, server);
    this.control = control;
    control.on('message', (message) => void this.receive(control, message));
    control.on('close', () => {
      if (this.control !== control) return;
      this.drop();
      this.log.info('The connection of the server is lost. It dials again by itself.');
    });
    control.send({ type: 'hello', name: this.name, linkVersion: LINK_VERSION });
    this.log.info({ from: socket.remoteAddress }, 'A server has dialled this worker.');
  }

  private deliver(id: string, socket: TLSSocket): void {
    this.streams.add(socket);
    socket.on('close', () => this.streams.delete(socket));
    const wait = this.waits.get(id);
    this.waits.delete(id);
    clearTimeout(wait?.timer);
    wait?.resolve(socket);
  }

  private async receive(control: ServerControl, message: DialServerMessage): Promise<void> {
    if (message.type === 'welcome') await this.welcome(control, message.credential);
    else if (message.type === 'failed') this.fail(message.stream, 'The server could not dial another connection.');
    else if (message.type === 'release') {
      this.drop();
      await this.handlers
        ?.release()
        .catch((error: unknown) => this.log.error({ err: error }, 'The credential of this machine cannot be removed.'));
      this.log.warn('The server removed this machine. The worker listens for another connection.');
    }
  }

  private async welcome(control: ServerControl, credential: string): Promise<void> {
    try {
      await this.handlers?.welcome(credential);
    } catch (error) {
      this.log.error({ err: error }, 'The credential of this machine cannot be kept.');
      return control.close();
    }
    if (this.control !== control) return;
    this.ready = control;
    for (const go of [...this.waitForReady]) go();
  }

  private fail(id: string, message: string): void {
    const wait = this.waits.get(id);
    this.waits.delete(id);
    clearTimeout(wait?.timer);
    wait?.reject(new Error(message));
  }

  private drop(): void {
    const { control } = this;
    this.control = null;
    this.ready = null;
    control?.close();
    for (const id of [...this.waits.keys()]) this.fail(id, 'The connection of the server is lost.');
    for (const stream of this.streams) stream.destroy();
  }

  private proof(session: CarrierSession): string {
    return createHmac('sha256', this.identity.token).update(proofText(session)).digest('hex');
  }
}

function exportKey(socket: TLSSocket): string {
  return socket.exportKeyingMaterial(CARRIER_EXPORTER.bytes, CARRIER_EXPORTER.label, Buffer.alloc(0)).toString('hex');
}

function sameText(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}

function refuse(socket: TLSSocket, code: CarrierRefusal['code']): void {
  const body = JSON.stringify({ code, linkVersion: CARRIER_VERSION } satisfies CarrierRefusal);
  socket.end(
    `HTTP/1.1 ${STATUS[code]}\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

function sentenceOf({ code, message }: NodeJS.ErrnoException, port: number, host: string | null): string {
  const where = host === null ? `Port ${port}` : `Port ${port} of ${host}`;
  if (code === 'EADDRINUSE')
    return `${where} is in use by another program. End that program, or give another --listen.`;
  if (code === 'EACCES') return `${where} may not be opened by this user. Give --listen a port from 1024.`;
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return `${host ?? ''} is no address of this computer. Give --listen-host one that is, or leave it out.`;
  return `${where} cannot be listened on: ${message}.`;
}
