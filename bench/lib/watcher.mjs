import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { io } from 'socket.io-client';

/** A browser's socket: it hears of the user's runs and can watch them. */
export async function openSocket(product) {
  const socket = io(`${product.url}/events`, {
    transports: ['websocket'],
    extraHeaders: { authorization: `Bearer ${product.client.token}` },
  });
  await once(socket, 'connect');
  return socket;
}

/**
 * The output of one run as a page takes it: what is stored by range, then the frames, each byte once and in order.
 * A gap, for the server leaves out frames for one that is far behind, is fetched by range.
 */
export class RunWatcher {
  /** Bytes taken. */
  at = 0;
  /** Of them, those that came by range. */
  fetched = 0;
  /** When the last of them came. */
  lastAt = 0;
  #held = [];
  #filling = false;
  #product;
  #socket;
  #runId;
  #onBytes;
  #onOutput;

  /**
   * @param {(bytes: Buffer, frame: { segments: [number, number, number][] } | null) => void} onBytes without a frame:
   *   by range
   */
  constructor(product, socket, runId, onBytes) {
    this.#product = product;
    this.#socket = socket;
    this.#runId = runId;
    this.#onBytes = onBytes;
    this.#onOutput = (frame, bytes) => frame.runId === runId && this.#take(frame, Buffer.from(bytes));
    socket.on('output', this.#onOutput);
  }

  async watch() {
    this.#filling = true;
    const reply = await this.#socket.emitWithAck('watch', { runId: this.#runId });
    if (!reply.ok) throw new Error(reply.message);
    await this.#range(reply.storedBytes);
    await this.#fill();
  }

  /** Resolves when all bytes below `end` were taken. */
  async until(end) {
    while (this.at < end) {
      const before = this.at;
      await delay(200);
      // The last frame has nothing behind it by which its loss would show.
      if (this.at === before && !this.#filling) {
        this.#filling = true;
        await this.#range(end);
        await this.#fill();
      }
    }
  }

  close() {
    this.#socket.off('output', this.#onOutput);
    this.#socket.emit('unwatch', { runId: this.#runId });
  }

  #take(frame, bytes) {
    if (!this.#filling && frame.from <= this.at) return this.#give(frame, bytes);
    this.#held.push({ frame, bytes });
    if (!this.#filling) this.#fill().catch((error) => console.error(error));
  }

  async #fill() {
    this.#filling = true;
    for (let next = this.#held[0]; next; next = this.#held[0]) {
      const before = this.at;
      if (next.frame.from > this.at) await this.#range(next.frame.from);
      if (next.frame.from <= this.at) {
        this.#held.shift();
        this.#give(next.frame, next.bytes);
      } else if (this.at === before) await delay(20);
    }
    this.#filling = false;
  }

  async #range(to) {
    if (this.at >= to) return;
    const response = await this.#product.client.fetch(`runs/${this.#runId}/output?from=${this.at}&to=${to}`);
    if (!response.ok) throw new Error(`The range answered ${response.status}.`);
    for await (const piece of response.body) {
      this.fetched += piece.length;
      this.#pass(Buffer.from(piece), null);
    }
  }

  #give(frame, bytes) {
    const fresh = bytes.subarray(this.at - frame.from);
    if (fresh.length > 0) this.#pass(fresh, frame);
  }

  #pass(bytes, frame) {
    this.at += bytes.length;
    this.lastAt = performance.now();
    this.#onBytes(bytes, frame);
  }
}
