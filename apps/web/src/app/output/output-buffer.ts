import type { OutputStream } from '@mle/protocol';
import { STREAM_ORDER } from '../core/protocol-values';
import { type AnsiStyle, PLAIN } from './ansi-style';
import { BytePages } from './byte-pages';
import { type Column, LineTable } from './line-table';
import { isPlain, renderLine, styleAfter, type TextRun } from './line-text';

/** `[length, index of the stream, time in ms]`, as a frame carries them. */
export type Piece = readonly [length: number, stream: number, time: number];

interface OutputLine {
  index: number;
  stream: OutputStream;
  /** Milliseconds since the epoch, of its first byte. */
  time: number;
  runs: TextRun[];
}

interface Waiting {
  from: number;
  pieces: readonly Piece[];
  bytes: Uint8Array;
}

/** Frames ahead of a gap that are kept; beyond it the range brings them again. */
const WAITING_BYTES = 16 * 1024 * 1024;
const EVENTS = STREAM_ORDER.indexOf('tensorboard');
const NEWLINE = 10;
const ESC = 27;

/**
 * The output of one attempt: absolute offsets in, lines out. Frames and ranges may come in any order and overlap;
 * only the unbroken sequence from `start` is indexed, and `missing` names what has to be asked for.
 * A line belongs to one stream: bytes of another stream that come in its middle do not break it.
 */
export class OutputBuffer {
  private readonly data = new BytePages();
  private readonly lines = new LineTable();
  /** Per stream the line that has no end yet, and the style that the next line begins with. */
  private readonly open: number[] = STREAM_ORDER.map(() => -1);
  private readonly styles: AnsiStyle[] = STREAM_ORDER.map(() => PLAIN);
  private waiting: Waiting[] = [];
  private waitingBytes = 0;
  private readonly decoder = new TextDecoder();

  /** `start` is the offset of the first byte that this buffer holds: above 0 when the beginning is left out. */
  constructor(readonly start = 0) {}

  get end(): number {
    return this.start + this.data.length;
  }

  get lineCount(): number {
    return this.lines.count;
  }

  /** How many lines one column has, where the streams are shown apart; null stands for all of them together. */
  countOf(column: Column | null): number {
    return column === null ? this.lineCount : this.lines.countOf(column);
  }

  /** Which of all lines is a column's line. */
  lineOf(column: Column | null, index: number): number {
    return column === null ? index : this.lines.lineOf(column, index);
  }

  /** Takes bytes from offset `from` on; returns whether anything was added to the indexed sequence. */
  accept(from: number, pieces: readonly Piece[], bytes: Uint8Array): boolean {
    const before = this.end;
    this.take({ from, pieces, bytes });
    this.drainWaiting();
    return this.end > before;
  }

  /**
   * The first range that is not here, though bytes up to `storedBytes` or a waiting frame exist; null when complete.
   */
  missing(storedBytes: number): { from: number; to: number } | null {
    const next = this.waiting[0];
    if (next) return { from: this.end, to: next.from };
    return storedBytes > this.end ? { from: this.end, to: storedBytes } : null;
  }

  /** Whether more of this line may come. */
  isOpen(index: number): boolean {
    return this.open[this.lines.stream(index)] === index;
  }

  line(index: number): OutputLine {
    return {
      index,
      stream: STREAM_ORDER[this.lines.stream(index)] ?? 'system',
      time: this.lines.time(index),
      runs: renderLine(this.text(index), this.lines.style(index)),
    };
  }

  /** Milliseconds since the epoch, of a line's first byte. */
  timeOf(index: number): number {
    return this.lines.time(index);
  }

  /** The text of a line as it is drawn, without colours. */
  visibleText(index: number): string {
    const text = this.text(index);
    return isPlain(text)
      ? text
      : renderLine(text, PLAIN)
          .map((run) => run.text)
          .join('');
  }

  /** The raw text of a line, without its end; a character that is still incomplete is left out. */
  text(index: number): string {
    const pieces = this.lines.pieces(index);
    const parts: Uint8Array[] = [];
    for (let i = 0; i < pieces.length; i += 2) parts.push(this.data.slice(pieces[i] ?? 0, pieces[i + 1] ?? 0));
    const last = parts.length - 1;
    const text = parts.map((part, i) => this.decoder.decode(part, { stream: i < last || this.isOpen(index) })).join('');
    // Ends the decoder's memory of an open line, so that the next line starts clean.
    this.decoder.decode();
    return text.endsWith('\r') ? text.slice(0, -1) : text;
  }

  private take(frame: Waiting): void {
    const { from, pieces, bytes } = frame;
    if (bytes.length === 0 || from + bytes.length <= this.end) return;
    if (from > this.end) {
      this.keepWaiting(frame);
      return;
    }
    let skip = this.end - from;
    let at = 0;
    for (const [length, stream, time] of pieces) {
      const piece = bytes.subarray(at + Math.min(skip, length), Math.min(at + length, bytes.length));
      if (piece.length > 0) this.index(piece, stream, time);
      skip = Math.max(0, skip - length);
      at += length;
    }
  }

  private index(piece: Uint8Array, stream: number, time: number): void {
    const offset = this.data.length;
    this.data.append(piece);
    // Points of event files take their place in the sequence, and are no lines.
    if (stream === EVENTS) return;
    let escape = piece.indexOf(ESC);
    for (let at = 0; at < piece.length;) {
      const newline = piece.indexOf(NEWLINE, at);
      const end = newline === -1 ? piece.length : newline;
      // Asked of each line: one colour must not have all lines of a long piece decoded.
      if (escape !== -1 && escape < at) escape = piece.indexOf(ESC, at);
      const coloured = escape !== -1 && escape < end;
      let line = this.open[stream] ?? -1;
      if (line === -1) line = this.lines.add(offset + at, stream, time, this.styles[stream] ?? PLAIN);
      if (end > at) this.lines.extend(line, offset + at, offset + end);
      if (newline === -1) {
        this.open[stream] = line;
        // Marks that the style has to be read when the line ends, wherever in it the sequence stands.
        if (coloured) this.colouredOpen.add(line);
      } else {
        this.open[stream] = -1;
        if (coloured || this.colouredOpen.delete(line))
          this.styles[stream] = styleAfter(this.text(line), this.lines.style(line));
      }
      at = end + 1;
    }
  }

  private readonly colouredOpen = new Set<number>();

  private keepWaiting(frame: Waiting): void {
    if (this.waitingBytes + frame.bytes.length > WAITING_BYTES) return;
    const at = this.waiting.findIndex((other) => other.from > frame.from);
    this.waiting.splice(at === -1 ? this.waiting.length : at, 0, frame);
    this.waitingBytes += frame.bytes.length;
  }

  private drainWaiting(): void {
    while (this.waiting[0] && this.waiting[0].from <= this.end) {
      const frame = this.waiting.shift() as Waiting;
      this.waitingBytes -= frame.bytes.length;
      this.take(frame);
    }
  }
}
