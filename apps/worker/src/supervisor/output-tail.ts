import type { OutputStream } from '@mle/protocol';

export interface OutputPiece {
  stream: OutputStream;
  bytes: Buffer;
  time: number;
}

/** Bounds the memory of a program that prints byte by byte. */
const MAX_PIECES = 2_048;

/** The last bytes of what is pushed, in memory. */
export class OutputTail {
  private readonly pieces: OutputPiece[] = [];
  private length = 0;

  constructor(private readonly maxBytes: number) {}

  /** Answers how many bytes fell out at the front. */
  push(stream: OutputStream, bytes: Buffer, time: number): number {
    this.pieces.push({ stream, bytes, time });
    this.length += bytes.length;
    let fallen = 0;
    for (let first = this.pieces[0]; first !== undefined; first = this.pieces[0]) {
      const excess = this.length - this.maxBytes;
      if (excess <= 0 && this.pieces.length <= MAX_PIECES) break;
      const cut = this.pieces.length > MAX_PIECES ? first.bytes.length : Math.min(excess, first.bytes.length);
      if (cut === first.bytes.length) this.pieces.shift();
      else first.bytes = first.bytes.subarray(cut);
      this.length -= cut;
      fallen += cut;
    }
    return fallen;
  }

  /** Empties it. */
  take(): OutputPiece[] {
    this.length = 0;
    return this.pieces.splice(0);
  }
}
