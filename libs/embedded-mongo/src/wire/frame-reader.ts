import { MalformedMessage } from './message.js';

export const MAX_MESSAGE_BYTES = 48_000_000;
const HEADER = 16;

/** Cuts a stream of bytes into messages. */
export class FrameReader {
  private readonly chunks: Buffer[] = [];
  private available = 0;

  /** Adds bytes and returns the messages that are whole now. Throws when the stream cannot be read any further. */
  push(chunk: Buffer): Buffer[] {
    this.chunks.push(chunk);
    this.available += chunk.length;
    const messages: Buffer[] = [];
    for (;;) {
      if (this.available < 4) return messages;
      const size = this.peekSize();
      if (size < HEADER + 5 || size > MAX_MESSAGE_BYTES) throw new MalformedMessage(`A message of ${size} bytes`);
      if (this.available < size) return messages;
      messages.push(this.take(size));
    }
  }

  private peekSize(): number {
    const first = this.chunks[0];
    if (first !== undefined && first.length >= 4) return first.readInt32LE(0);
    const joined = Buffer.concat(this.chunks);
    this.chunks.splice(0, this.chunks.length, joined);
    return joined.readInt32LE(0);
  }

  private take(size: number): Buffer {
    this.available -= size;
    const first = this.chunks[0];
    if (first !== undefined && first.length >= size) {
      if (first.length === size) this.chunks.shift();
      else this.chunks[0] = first.subarray(size);
      return first.subarray(0, size);
    }
    const joined = Buffer.concat(this.chunks);
    this.chunks.length = 0;
    if (joined.length > size) this.chunks.push(joined.subarray(size));
    return joined.subarray(0, size);
  }
}
