import { EventEmitter } from 'node:events';
import type { TLSSocket } from 'node:tls';
import { CARRIER_TIMING, type DialServerMessage, DialServerMessageSchema, type DialWorkerMessage } from '@mle/protocol';
import { readJsonLines, writeJsonLine } from '../../base/json-lines.js';

interface Events {
  message: [message: DialServerMessage];
  close: [];
}

/** The control connection of the server that has dialled this worker. */
export class ServerControl extends EventEmitter<Events> {
  private silence: NodeJS.Timeout;

  constructor(
    private readonly socket: TLSSocket,
    /** The installation, as it proved. */
    readonly server: string,
  ) {
    super();
    this.silence = this.listenFor();
    readJsonLines(socket, (value) => this.receive(value));
    socket.on('error', () => socket.destroy());
    // A half-closed connection carries nothing back any more.
    socket.on('end', () => socket.destroy());
    socket.on('close', () => {
      clearTimeout(this.silence);
      this.emit('close');
    });
  }

  send(message: DialWorkerMessage): void {
    writeJsonLine(this.socket, message);
  }

  close(): void {
    this.socket.destroy();
  }

  private receive(value: unknown): void {
    clearTimeout(this.silence);
    this.silence = this.listenFor();
    const message = DialServerMessageSchema.safeParse(value);
    if (!message.success) return this.close();
    if (message.data.type === 'ping') this.send({ type: 'pong' });
    else this.emit('message', message.data);
  }

  private listenFor(): NodeJS.Timeout {
    return setTimeout(() => this.close(), CARRIER_TIMING.deadMs);
  }
}
