import type { IncomingMessage } from 'node:http';
import { createConnection, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as tlsConnect } from 'node:tls';
import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { WebSocket, WebSocketServer } from 'ws';
import { CONFIG, type Config } from '../../platform/config/config.js';
import { ProblemError, unauthorized } from '../../platform/http/problem.js';
import { logger } from '../../platform/logging/logger.js';
import { RedisService } from '../../platform/redis/redis.service.js';
import { MachineCredentials } from '../machine-credentials.js';
import { refusal } from './gate-policy.js';
import { machineKeyPrefix, setMachineUser } from './machine-acl.js';
import { QueueQuota } from './queue-quota.js';
import { encodeRequest, RespRequestParser } from './resp-request-parser.js';

/** Redis answers an unknown command by an error in its place: so a refusal keeps the order of replies. */
const REFUSED = 'MLE.REFUSED';
/**
 * Replies held for a machine that does not read, or requests for a Redis that does not, before its connection is
 * closed.
 */
const BACKLOG_BYTES = 4 * 1024 * 1024;
/** A machine that is gone without a word is noticed after two of these. */
const PING_MS = 5_000;

/** Connects a machine's `/worker/queue` sockets to Redis and lets through what its queue consumer needs. */
@Injectable()
export class QueueGate implements OnModuleDestroy {
  private readonly server = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: 1024 * 1024 });

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly credentials: MachineCredentials,
    private readonly redis: RedisService,
    private readonly quota: QueueQuota,
  ) {}

  /**
   * Takes an HTTP upgrade request to the queue path.
   * @throws ProblemError when the machine is not known, or Redis is away.
   */
  async upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const bearer = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1];
    const machineId = bearer ? await this.credentials.machineOf(bearer) : null;
    if (!machineId) throw unauthorized('The credential of this worker is not known here.');
    const user = await this.redisUser(machineId);
    this.server.handleUpgrade(request, socket, head, (client) => this.pipe(client, machineId, user));
  }

  /** Ends the queue connections of a machine that was removed. */
  disconnect(machineId: string): void {
    for (const client of this.server.clients) if (machineOf.get(client) === machineId) client.terminate();
  }

  onModuleDestroy(): void {
    for (const client of this.server.clients) client.terminate();
  }

  private async redisUser(machineId: string): Promise<{ username: string; password: string }> {
    try {
      return await setMachineUser(this.redis.client, machineId);
    } catch (error) {
      logger.warn({ machineId, err: error }, 'Redis is away: the queue connection is refused');
      throw new ProblemError(503, 'redis.unavailable', 'Redis does not answer. Try again in a moment.');
    }
  }

  private pipe(client: WebSocket, machineId: string, user: { username: string; password: string }): void {
    machineOf.set(client, machineId);
    const redis = this.connectRedis();
    const parser = new RespRequestParser();
    const prefix = machineKeyPrefix(machineId);
    let answered = true;
    client.on('pong', () => (answered = true));
    const pings = setInterval(() => {
      if (!answered) return close();
      answered = false;
      client.ping();
    }, PING_MS);
    const close = (): void => {
      clearInterval(pings);
      redis.destroy();
      client.terminate();
    };
    client.on('message', (data: Buffer) => {
      try {
        const requests = parser.push(data);
        for (const { words, raw } of requests) {
          const reason = refusal(words, prefix) ?? this.quota.refusal(machineId);
          if (reason) logger.warn({ machineId, reason }, 'a command was refused at the queue gate');
          redis.write(reason ? encodeRequest([REFUSED, reason]) : raw);
        }
        if (redis.writableLength > BACKLOG_BYTES) close();
      } catch (error) {
        logger.warn({ machineId, err: error }, 'the queue connection is closed');
        close();
      }
    });
    client.on('close', close);
    client.on('error', close);
    redis.on('error', close);
    redis.on('close', close);
    redis.write(encodeRequest(['AUTH', user.username, user.password]));
    let greeted = Buffer.alloc(0);
    const greeting = (piece: Buffer): void => {
      greeted = Buffer.concat([greeted, piece]);
      const end = greeted.indexOf('\r\n');
      if (end < 0) return;
      if (greeted.toString('latin1', 0, end) !== '+OK') {
        logger.error({ machineId, reply: greeted.toString('latin1', 0, end) }, 'Redis refused the user of a machine');
        return close();
      }
      redis.off('data', greeting);
      redis.on('data', (reply: Buffer) => {
        client.send(reply);
        if (client.bufferedAmount > BACKLOG_BYTES) close();
      });
      const rest = greeted.subarray(end + 2);
      if (rest.length > 0) client.send(rest);
    };
    redis.on('data', greeting);
  }

  private connectRedis(): Socket {
    const { path, host = '127.0.0.1', port = 6379, tls } = this.config.redis;
    if (path) return createConnection({ path });
    const socket = tls ? tlsConnect({ host, port, ...tls }) : createConnection({ host, port });
    socket.setNoDelay(true);
    return socket;
  }
}

const machineOf = new WeakMap<WebSocket, string>();
