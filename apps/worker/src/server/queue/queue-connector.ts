import type { Duplex } from 'node:stream';
import { QUEUE_PATH } from '@mle/protocol';
import type { RedisOptions } from 'ioredis';
import { AbstractConnector, Redis } from 'ioredis';
import { createWebSocketStream, WebSocket } from 'ws';
import type { ServerRoute } from '../link/server-route.js';

/** What ioredis needs of a socket beyond a stream. */
type NetStream = Awaited<ReturnType<AbstractConnector['connect']>>;

const HANDSHAKE_TIMEOUT_MS = 5_000;
/** A connection that answers no command for this long is dead; longer than the longest blocking wait. */
const SILENCE_MS = 10_000;

export interface QueueAddress {
  route: ServerRoute;
  credential: () => string;
}

/**
 * A Redis connection inside a WebSocket to the server's gate.
 *
 * The gate admits commands by name. With these options a consumer sends nothing but
 * `EVAL` and `EVALSHA` (the first call of a script on a connection is an `EVAL` of its text) and `BZPOPMIN`;
 * no HELLO, AUTH, SELECT, INFO, CLIENT, QUIT, MULTI. The scripts, by BullMQ's names:
 * `moveToActive`, `moveToFinished`, `moveStalledJobsToWait`, `extendLock`.
 * A test in this folder compares the list with what a server sees.
 */
export function queueRedis(address: QueueAddress): Redis {
  return new GateRedis(address);
}

class GateRedis extends Redis {
  constructor(private readonly address: QueueAddress) {
    super({
      Connector: connectorTo(address),
      protocol: 2, // RESP 3 would begin with HELLO
      disableClientInfo: true,
      enableReadyCheck: false,
      maxRetriesPerRequest: null,
      socketTimeout: SILENCE_MS,
      retryStrategy: (times: number) => Math.min(50 * times, 2_000),
    } satisfies RedisOptions);
  }

  /** BullMQ's blocking connection: without the name that it would announce by CLIENT SETNAME. */
  override duplicate(): Redis {
    return new GateRedis(this.address);
  }
}

function connectorTo(address: QueueAddress): new (options: unknown) => AbstractConnector {
  return class QueueConnector extends AbstractConnector {
    constructor() {
      super(1_000);
    }

    override connect(): Promise<NetStream> {
      this.connecting = true;
      const url = new URL(QUEUE_PATH, address.route.url);
      url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
      const socket = new WebSocket(url, {
        headers: { authorization: `Bearer ${address.credential()}` },
        ...(address.route.agent !== null && { agent: address.route.agent }),
        perMessageDeflate: false,
        handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
      });
      const stream = asNetStream(createWebSocketStream(socket));
      socket.once('open', () => {
        Object.assign(stream, { connecting: false });
        stream.emit('connect');
      });
      // A WebSocket that ended takes nothing any more either; ioredis waits for the close.
      stream.once('end', () => stream.destroy());
      stream.once('error', (error: Error) => {
        this.firstError = error;
      });
      this.stream = stream;
      // The handshake's errors come by the stream's own events, so that ioredis tries again.
      return Promise.resolve(stream);
    }

    /** A stream that has closed does not say so again, and ioredis would wait a second for it. */
    override disconnect(): void {
      if (this.stream?.closed) this.connecting = false;
      else super.disconnect();
    }
  };
}

/** Adds what ioredis expects of a socket; its own timeouts are those of the handshake and of the commands. */
function asNetStream(duplex: Duplex): NetStream {
  const ignore = (): Duplex => duplex;
  return Object.assign(duplex, {
    connecting: true,
    setNoDelay: ignore,
    setKeepAlive: ignore,
    setTimeout: ignore,
  }) as unknown as NetStream;
}
