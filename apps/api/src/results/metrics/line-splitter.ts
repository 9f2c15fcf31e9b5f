/** A line longer than this carries no number that anyone reads. */
const LONGEST_BYTES = 4096;
const LF = 10;
const CR = 13;

/** What a splitter has to know to go on in another process. */
export interface SplitterState {
  /** The bytes of the line that has not ended yet, in Base64. */
  carry: string;
  /** The line is too long already, or its beginning was passed over. */
  skipping: boolean;
}

/**
 * Cuts the bytes of one stream into lines, wherever the pieces begin and end. A carriage return ends a line too,
 * as progress bars draw them: such a line is `overwritten`, unless a line feed follows.
 */
export class LineSplitter {
  private carry: Buffer;
  private skipping: boolean;

  constructor(
    private readonly onLine: (line: Buffer, overwritten: boolean) => void,
    state?: SplitterState,
  ) {
    this.carry = Buffer.from(state?.carry ?? '', 'base64');
    this.skipping = state?.skipping ?? false;
  }

  get state(): SplitterState {
    return { carry: this.carry.toString('base64'), skipping: this.skipping };
  }

  push(piece: Buffer): void {
    const bytes = this.carry.length > 0 ? Buffer.concat([this.carry, piece]) : piece;
    let start = 0;
    for (let end = bytes.indexOf(LF); end >= 0; end = bytes.indexOf(LF, start)) {
      this.cut(bytes.subarray(start, end));
      start = end + 1;
    }
    // What a last carriage return means, the byte after it tells.
    const rest = this.cutOverwritten(bytes.subarray(start), bytes.length - start - 1);
    if (rest.length > LONGEST_BYTES) this.skipping = true;
    // A copy: the piece may be part of a large buffer that would stay in memory with it.
    this.carry = this.skipping ? Buffer.alloc(0) : Buffer.from(rest);
  }

  /** Passes over bytes: the line that they begin or end in is not read. */
  skip(): void {
    this.carry = Buffer.alloc(0);
    this.skipping = true;
  }

  /** What the program left without a line end is a line too. */
  end(): void {
    const last = this.carry;
    this.carry = Buffer.alloc(0);
    if (last.length > 0) this.cut(last);
  }

  /** A whole line, of which only what follows the last carriage return stays on the screen. */
  private cut(line: Buffer): void {
    const text = line.at(-1) === CR ? line.subarray(0, -1) : line;
    this.line(this.cutOverwritten(text, text.length), false);
  }

  /** Hands out what each carriage return before `limit` closed; answers the rest. */
  private cutOverwritten(bytes: Buffer, limit: number): Buffer {
    let from = 0;
    for (let at = bytes.indexOf(CR); at >= 0 && at < limit; at = bytes.indexOf(CR, from)) {
      this.line(bytes.subarray(from, at), true);
      from = at + 1;
    }
    return from === 0 ? bytes : bytes.subarray(from);
  }

  private line(line: Buffer, overwritten: boolean): void {
    if (this.skipping) this.skipping = false;
    else if (line.length > 0 && line.length <= LONGEST_BYTES) this.onLine(line, overwritten);
  }
}
