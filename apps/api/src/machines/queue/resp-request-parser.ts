/** One request: its words, and the bytes that said them. */
interface RespRequest {
  words: Buffer[];
  raw: Buffer;
}

class RespProtocolError extends Error {}

const LIMIT_WORDS = 4_096;
const LIMIT_BYTES = 1024 * 1024;
const CR = 13;
const LF = 10;

/** Cuts a byte stream into Redis requests (RESP arrays of bulk strings, the form that clients send). */
export class RespRequestParser {
  private buffer: Buffer = Buffer.alloc(0);

  /** The requests that are complete with this piece. Throws RespProtocolError, after which the stream is unusable. */
  push(piece: Buffer): RespRequest[] {
    this.buffer = this.buffer.length === 0 ? piece : Buffer.concat([this.buffer, piece]);
    const requests: RespRequest[] = [];
    let start = 0;
    for (;;) {
      const end = this.parse(start, requests);
      if (end === null) break;
      start = end;
    }
    this.buffer = this.buffer.subarray(start);
    if (this.buffer.length > LIMIT_BYTES) throw new RespProtocolError('the request is too large');
    return requests;
  }

  private parse(start: number, requests: RespRequest[]): number | null {
    const head = this.header(start, '*', LIMIT_WORDS);
    if (!head) return null;
    const words: Buffer[] = [];
    let at = head.next;
    for (let i = 0; i < head.value; i++) {
      const bulk = this.header(at, '$', LIMIT_BYTES);
      if (!bulk) return null;
      const end = bulk.next + bulk.value;
      if (this.buffer.length < end + 2) return null;
      if (this.buffer[end] !== CR || this.buffer[end + 1] !== LF)
        throw new RespProtocolError('a bulk string is not closed');
      words.push(this.buffer.subarray(bulk.next, end));
      at = end + 2;
    }
    requests.push({ words, raw: this.buffer.subarray(start, at) });
    return at;
  }

  /** Reads `<sign><number>\r\n` at `start`. */
  private header(start: number, sign: string, limit: number): { value: number; next: number } | null {
    if (start >= this.buffer.length) return null;
    if (this.buffer[start] !== sign.charCodeAt(0)) throw new RespProtocolError('only arrays of bulk strings are taken');
    const end = this.buffer.indexOf(CR, start);
    if (end < 0 || end + 1 >= this.buffer.length) {
      if (this.buffer.length - start > 16) throw new RespProtocolError('a length is not closed');
      return null;
    }
    const digits = this.buffer.toString('latin1', start + 1, end);
    if (!/^\d{1,8}$/.test(digits) || this.buffer[end + 1] !== LF) throw new RespProtocolError('a length is no number');
    const value = Number(digits);
    if (value > limit || (sign === '*' && value === 0)) throw new RespProtocolError('a length is out of bounds');
    return { value, next: end + 2 };
  }
}

/** A request in the form that Redis takes. */
export function encodeRequest(words: readonly string[]): Buffer {
  const parts = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`);
  return Buffer.from(`*${words.length}\r\n${parts.join('')}`);
}
