import Papa from 'papaparse';

/** Reads bytes `[from, to)` of a file. */
export type ReadBytes = (from: number, to: number) => Promise<Uint8Array>;

/** A piece is what one question fetches; its rows are those that begin in it. */
export const PIECE_BYTES = 64 * 1024;
/** The last row of a piece may go on beyond it, this far at most. */
const OVERLAP_BYTES = 16 * 1024;
const NEWLINE = 10;

/** The bytes of the rows that begin in a piece; a row that begins exactly where the piece does belongs to it. */
function rowsBytes(bytes: Uint8Array, first: boolean, last: boolean): Uint8Array {
  // All but the first piece are read from one byte before: a newline there ends the row before.
  const begin = first ? 0 : bytes.indexOf(NEWLINE) + 1;
  if (begin === 0 && !first) return bytes.subarray(0, 0);
  if (last) return bytes.subarray(begin);
  const edge = PIECE_BYTES + (first ? 0 : 1);
  if (begin >= edge) return bytes.subarray(0, 0);
  const end = bytes.indexOf(NEWLINE, edge - 1);
  return bytes.subarray(begin, end === -1 ? bytes.length : end + 1);
}

/**
 * A table by pieces, each fetched once it is needed: of a file of a hundred megabytes one sees what one looks at. A
 * line break within quotes is understood within a piece.
 */
export class TablePieces {
  private readonly rows = new Map<number, string[][]>();
  private readonly asked = new Map<number, Promise<string[][]>>();
  readonly count: number;

  constructor(
    private readonly read: ReadBytes,
    private readonly size: number,
    /** Empty: the first piece tells. */
    private delimiter: string,
  ) {
    this.count = Math.max(1, Math.ceil(size / PIECE_BYTES));
  }

  /** The rows of a piece, if they are here. */
  known(piece: number): string[][] | undefined {
    return this.rows.get(piece);
  }

  async load(piece: number): Promise<string[][]> {
    const asked = this.asked.get(piece) ?? this.fetch(piece);
    this.asked.set(piece, asked);
    try {
      return await asked;
    } catch (error) {
      this.asked.delete(piece);
      throw error;
    }
  }

  /** How many rows a piece has on average, by those that are here. */
  get rowsPerPiece(): number {
    // The last piece is a part only.
    const whole = [...this.rows].filter(([piece]) => this.count === 1 || piece < this.count - 1);
    return whole.length === 0 ? 1 : Math.max(1, whole.reduce((sum, [, { length }]) => sum + length, 0) / whole.length);
  }

  private async fetch(piece: number): Promise<string[][]> {
    const [first, last] = [piece === 0, piece === this.count - 1];
    const from = piece * PIECE_BYTES - (first ? 0 : 1);
    const to = Math.min(this.size, (piece + 1) * PIECE_BYTES + OVERLAP_BYTES);
    const text = new TextDecoder().decode(rowsBytes(await this.read(from, to), first, last));
    const { data, meta } = Papa.parse<string[]>(text, { delimiter: this.delimiter, skipEmptyLines: true });
    if (first) this.delimiter = meta.delimiter;
    this.rows.set(piece, data);
    return data;
  }
}
