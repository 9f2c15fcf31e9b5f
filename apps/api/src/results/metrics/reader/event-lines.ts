import { specialNumber } from './numbers.js';
import type { SeriesBook } from './series-book.js';

const LF = 10;
const BRACKET = 91;
/** A longer line is none that a machine writes. */
const LONGEST = 4_096;
const LONGEST_NAME = 300;
const { isFinite } = Number;

/** What a line of the stream `tensorboard` says. */
interface EventPoint {
  name: string;
  step: number;
  y: number;
  time: number;
}

/** Reads the points that the machine took from event files of TensorBoard. */
export class EventLines {
  constructor(
    private readonly book: SeriesBook,
    /** The line that goes on, byte by byte as a character; null where it is too long, or was passed over in part. */
    private rest: string | null = '',
  ) {}

  get state(): string | null {
    return this.rest;
  }

  push(bytes: Uint8Array, offset: number): void {
    const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    let at = 0;
    for (let lf = data.indexOf(LF); lf >= 0; lf = data.indexOf(LF, at)) {
      this.extend(data.subarray(at, lf));
      at = lf + 1;
      if (this.rest !== null && this.rest.charCodeAt(0) === BRACKET)
        this.line(Buffer.from(this.rest, 'latin1').toString(), offset + at);
      this.rest = '';
    }
    this.extend(data.subarray(at));
  }

  skip(): void {
    this.rest = null;
  }

  private extend(part: Buffer): void {
    if (this.rest === null || part.length === 0) return;
    this.rest = this.rest.length + part.length > LONGEST ? null : this.rest + part.toString('latin1');
  }

  private line(text: string, end: number): void {
    const point = pointOf(text);
    if (point === null) return;
    const { name, step, y, time } = point;
    const before = `TensorBoard, step ${step}: ${name} = `;
    const shown = String(y);
    this.book.add(
      { name, y, from: before.length, to: before.length + shown.length, sure: true, best: false },
      {
        form: 'tensorboard',
        located: { axis: 'step', x: step, held: false },
        line: { text: before + shown, end },
        time,
        bar: false,
        redrawn: false,
        whole: false,
      },
    );
  }
}

function pointOf(text: string): EventPoint | null {
  let parts: unknown;
  try {
    parts = JSON.parse(text);
  } catch {
    return null;
  }
  if (!Array.isArray(parts)) return null;
  const [name, step, value, time] = parts as unknown[];
  const y = typeof value === 'string' ? specialNumber(value) : value;
  if (typeof name !== 'string' || name === '' || name.length > LONGEST_NAME || typeof y !== 'number') return null;
  if (typeof step !== 'number' || typeof time !== 'number' || !isFinite(step) || !isFinite(time)) return null;
  return { name, step, y, time };
}
