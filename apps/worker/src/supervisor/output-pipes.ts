import { Socket } from 'node:net';
import type { OutputStream } from '@mle/protocol';
import type { SpoolWriter } from './spool-writer.js';

/** Output read and not yet written, above which the program has to wait: it blocks in its own write. */
const HIGH_BYTES = 512 * 1024;
const LOW_BYTES = 128 * 1024;
/** A process that escaped the hunt may hold a pipe open; we wait for it no longer than this without a byte. */
const SILENCE_MS = 2_000;

interface OutputStreams {
  stdout: OutputStream;
  stderr: OutputStream;
}

const OWN_STREAMS: OutputStreams = { stdout: 'stdout', stderr: 'stderr' };

/** Carries both pipes of a program to its spool, in the order in which they were read. */
export class OutputPipes {
  private readonly sockets: Socket[];
  private open = 2;
  private lastByteAt = performance.now();
  private onEnd: (() => void) | null = null;

  constructor(
    stdoutFd: number,
    stderrFd: number,
    private readonly spool: SpoolWriter,
    streams: OutputStreams = OWN_STREAMS,
    private readonly onBytes: (bytes: Buffer) => void = () => undefined,
  ) {
    this.sockets = [this.carry(stdoutFd, streams.stdout), this.carry(stderrFd, streams.stderr)];
  }

  /** To call after each piece that was written. */
  settle(): void {
    if (this.spool.pending > LOW_BYTES) return;
    for (const socket of this.sockets) if (socket.isPaused()) socket.resume();
  }

  /** Resolves when all that the program wrote has been handed to the spool. */
  async ended(): Promise<void> {
    if (this.open === 0) return;
    this.lastByteAt = performance.now();
    await new Promise<void>((resolve) => {
      const check = setInterval(() => {
        if (this.spool.pending === 0 && performance.now() - this.lastByteAt >= SILENCE_MS)
          for (const socket of this.sockets) socket.destroy();
      }, 200);
      this.onEnd = () => {
        clearInterval(check);
        resolve();
      };
    });
  }

  private carry(fd: number, stream: OutputStream): Socket {
    const socket = new Socket({ fd, readable: true, writable: false });
    socket.on('data', (bytes: Buffer) => {
      this.lastByteAt = performance.now();
      this.spool.append(stream, bytes);
      this.onBytes(bytes);
      if (this.spool.pending > HIGH_BYTES) for (const each of this.sockets) each.pause();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.open--;
      if (this.open === 0) this.onEnd?.();
    });
    return socket;
  }
}
