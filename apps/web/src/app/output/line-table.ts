/** The two columns that output can be parted into: what the program says with the system's lines, and its errors. */
export const COLUMNS = ['stdout', 'stderr'] as const;
export type Column = (typeof COLUMNS)[number];
const STDERR = 1;

/** One row per line in typed arrays: 25 bytes for each, where an object would need hundreds. */
export class LineTable {
  private starts = new Uint32Array(1024);
  private ends = new Uint32Array(1024);
  private times = new Float64Array(1024);
  private styles = new Uint32Array(1024);
  private streams = new Uint8Array(1024);
  /** Later pieces `[from, to)` of the few lines that another stream interrupted. */
  private readonly rest = new Map<number, number[]>();
  /** The lines of each column, in order. */
  private readonly columns = COLUMNS.map(() => ({ lines: new Uint32Array(1024), count: 0 }));
  count = 0;

  /** Adds an empty line that begins at `offset`, and returns its index. */
  add(offset: number, stream: number, time: number, style: number): number {
    if (this.count === this.starts.length) this.grow();
    const line = this.count++;
    this.starts[line] = offset;
    this.ends[line] = offset;
    this.streams[line] = stream;
    this.times[line] = time;
    this.styles[line] = style;
    this.addToColumn(line, stream);
    return line;
  }

  countOf(column: Column): number {
    return this.columns[COLUMNS.indexOf(column)]?.count ?? 0;
  }

  /** The index among all lines of a column's line. */
  lineOf(column: Column, index: number): number {
    return this.columns[COLUMNS.indexOf(column)]?.lines[index] ?? 0;
  }

  extend(line: number, from: number, to: number): void {
    const pieces = this.rest.get(line);
    if (pieces) {
      if (pieces.at(-1) === from) pieces[pieces.length - 1] = to;
      else pieces.push(from, to);
    } else if (this.ends[line] === from) {
      this.ends[line] = to;
    } else if (this.starts[line] === this.ends[line]) {
      this.starts[line] = from;
      this.ends[line] = to;
    } else {
      this.rest.set(line, [from, to]);
    }
  }

  /** The pieces of a line as `[from, to, from, to, …]`. */
  pieces(line: number): number[] {
    return [this.starts[line] ?? 0, this.ends[line] ?? 0, ...(this.rest.get(line) ?? [])];
  }

  stream(line: number): number {
    return this.streams[line] ?? 0;
  }

  time(line: number): number {
    return this.times[line] ?? 0;
  }

  style(line: number): number {
    return this.styles[line] ?? 0;
  }

  private addToColumn(line: number, stream: number): void {
    const column = this.columns[stream === STDERR ? 1 : 0];
    if (!column) return;
    if (column.count === column.lines.length) {
      const longer = new Uint32Array(column.count * 2);
      longer.set(column.lines);
      column.lines = longer;
    }
    column.lines[column.count++] = line;
  }

  private grow(): void {
    const size = this.starts.length * 2;
    const wider = <T extends Uint32Array | Float64Array | Uint8Array>(next: T, old: T): T => {
      next.set(old);
      return next;
    };
    this.starts = wider(new Uint32Array(size), this.starts);
    this.ends = wider(new Uint32Array(size), this.ends);
    this.times = wider(new Float64Array(size), this.times);
    this.styles = wider(new Uint32Array(size), this.styles);
    this.streams = wider(new Uint8Array(size), this.streams);
  }
}
