import { EventEmitter } from 'node:events';
import type { TLSSocket } from 'node:tls';
import {
  CARRIER_LINE_BYTES,
  CARRIER_TIMING,
  type DialServerMessage,
  type DialWorkerMessage,
  DialWorkerMessageSchema,
} from '@mle/protocol';

export interface WorkerGreeting {
  name: string;
  linkVersion: number;
}

interface Events {
  /** The worker wants another connection. */
  open: [stream: string];
  close: [];
}

/** The control connection to a worker that this server has dialled. */
export class Control extends EventEmitter<Events> {
  closed = false;
  private rest = Buffer.alloc(0);
  private heardAt = performance.now();
  private readonly pings: NodeJS.Timeout;
  private hello: ((greeting: WorkerGreeting | null) => void) | null = null;
  private readonly greeting = new Promise<WorkerGreeting | null>((resolve) => (this.hello = resolve));

  constructor(private readonly socket: TLSSocket) {
    super();
    socket.on('data', (bytes: Buffer) => this.read(bytes));
    socket.on('error', () => socket.destroy());
    socket.on('end', () => socket.destroy());
    socket.on('close', () => {
      this.closed = true;
      clearInterval(this.pings);
      this.hello?.(null);
      this.emit('close');
    });
    this.pings = setInterval(() => {
      if (performance.now() - this.heardAt > CARRIER_TIMING.deadMs) this.close();
      else this.send({ type: 'ping' });
    }, CARRIER_TIMING.pingMs);
  }

  /** What the worker said first; null when it closed the connection or said nothing in time. */
  async greeted(): Promise<WorkerGreeting | null> {
    const timer = setTimeout(() => this.hello?.(null), CARRIER_TIMING.handshakeMs);
    const greeting = await this.greeting;
    clearTimeout(timer);
    return greeting;
  }

  send(message: DialServerMessage): void {
    if (this.socket.writable) this.socket.write(`${JSON.stringify(message)}\n`);
  }

  close(): void {
    this.socket.destroy();
  }

  /** Says so and closes, with the word delivered. */
  release(): void {
    this.send({ type: 'release' });
    this.socket.end();
    setTimeout(() => this.close(), CARRIER_TIMING.handshakeMs).unref();
  }

  private read(bytes: Buffer): void {
    this.heardAt = performance.now();
    const lines = Buffer.concat([this.rest, bytes]);
    let from = 0;
    for (let end = lines.indexOf(10); end >= 0; end = lines.indexOf(10, from)) {
      this.receive(lines.toString('utf8', from, end));
      from = end + 1;
    }
    this.rest = lines.subarray(from);
    if (this.rest.length > CARRIER_LINE_BYTES) this.close();
  }

  private receive(line: string): void {
    const message = parse(line);
    if (message === null) return this.close();
    if (message.type === 'hello') this.hello?.(message);
    else if (message.type === 'open') this.emit('open', message.stream);
  }
}

function parse(line: string): DialWorkerMessage | null {
  try {
    return DialWorkerMessageSchema.safeParse(JSON.parse(line)).data ?? null;
  } catch {
    return null;
  }
}
