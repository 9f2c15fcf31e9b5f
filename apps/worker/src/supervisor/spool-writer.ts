import { closeSync, fstatSync, ftruncateSync, openSync, readSync, writev } from 'node:fs';
import type { OutputStream } from '@mle/protocol';
import { isProgramStream, OUTPUT_STREAMS } from '@mle/protocol';
import { decodeHeader, encodeHeader, HEADER_BYTES, MAX_FRAME_BYTES } from '../journal/spool-format.js';
import { OutputTail } from './output-tail.js';

/** Kept of the end of an output that passes its quota, at most as much as the quota: a traceback, the last numbers. */
const TAIL_BYTES = 64 * 1024;

/** Why bytes are missing, in the words of the marker. */
type Cause = 'quota' | 'disk';

/**
 * Appends frames to a spool, one write per frame, in order. What finds the disk full, or lies between the quota and the
 * last bytes, is dropped and counted, and a `system` marker names the missing range; the program goes on.
 */
export class SpoolWriter {
  /** Bytes of output in the file: the length of the whole sequence. */
  bytes: number;
  /** Bytes handed in and not yet written. */
  pending = 0;
  private readonly fd: number;
  private filePosition: number;
  private queue: Promise<void> = Promise.resolve();
  /** What came after the quota. */
  private readonly tail: OutputTail;
  private quotaPassed = false;
  /** Bytes that the program wrote, kept or not. */
  private seen: number;
  private missing: { cause: Cause; from: number; length: number } | null = null;
  private kept: number;

  /** Opens or continues a spool; a frame that a crash tore is cut off. */
  constructor(
    path: string,
    private readonly quotaBytes: number,
    /** `program`: bytes of the program are among them, for which somebody waits. */
    private readonly onWritten: (bytes: number, program: boolean) => void,
    /** Called after each piece of output, when it no longer counts as pending. */
    private readonly onSettled: () => void,
  ) {
    this.tail = new OutputTail(Math.min(TAIL_BYTES, quotaBytes));
    this.fd = openSync(path, 'a+', 0o600);
    const end = scan(this.fd);
    this.filePosition = end.file;
    this.bytes = end.offset;
    this.seen = end.program;
    this.kept = end.program;
    if (end.torn) ftruncateSync(this.fd, end.file);
  }

  /** Output of the program. */
  append(stream: OutputStream, bytes: Buffer): void {
    this.pending += bytes.length;
    const time = Date.now();
    this.enqueue(async () => {
      await this.keep(stream, bytes, time);
      this.pending -= bytes.length;
      this.onSettled();
    });
  }

  /** Text of our own: outside the quota. */
  note(stream: OutputStream, text: string): void {
    const bytes = Buffer.from(text);
    this.enqueue(async () => {
      await this.write(stream, bytes, Date.now());
    });
  }

  /** The tail is in the file, and a range that is missing is named. */
  async finish(): Promise<void> {
    this.enqueue(async () => {
      for (const { stream, bytes, time } of this.tail.take()) await this.store(stream, bytes, time);
      if (this.missing !== null && (await this.writeFrames([['system', this.marker()]], Date.now())))
        this.missing = null;
    });
    await this.flush();
  }

  async flush(): Promise<void> {
    await this.queue;
  }

  async close(): Promise<void> {
    await this.flush();
    closeSync(this.fd);
  }

  private enqueue(job: () => Promise<void>): void {
    this.queue = this.queue.then(job);
  }

  private async keep(stream: OutputStream, bytes: Buffer, time: number): Promise<void> {
    const room = Math.max(0, this.quotaBytes - this.kept);
    const part = bytes.length <= room ? bytes : bytes.subarray(0, room);
    if (part.length > 0) {
      this.kept += await this.store(stream, part, time);
    }
    if (bytes.length > room) {
      if (!this.quotaPassed) {
        this.quotaPassed = true;
        const text = `\nThe output passed its quota of ${this.quotaBytes} bytes. Of what follows only the end is kept.\n`;
        await this.write('system', Buffer.from(text), time);
      }
      this.drop('quota', this.tail.push(stream, bytes.subarray(room), time));
    }
  }

  private async store(stream: OutputStream, bytes: Buffer, time: number): Promise<number> {
    const written =
      this.missing === null ? await this.write(stream, bytes, time) : await this.writeAfterGap(stream, bytes, time);
    this.seen += written;
    this.drop('disk', bytes.length - written);
    return written;
  }

  private drop(cause: Cause, length: number): void {
    if (length === 0) return;
    if (this.missing === null) this.missing = { cause, from: this.seen, length: 0 };
    else if (cause === 'quota') this.missing.cause = cause;
    this.missing.length += length;
    this.seen += length;
  }

  /** The marker goes only with the bytes after the gap: alone it would find room on a disk that is still full. */
  private async writeAfterGap(stream: OutputStream, bytes: Buffer, time: number): Promise<number> {
    const first = bytes.subarray(0, MAX_FRAME_BYTES);
    if (
      !(await this.writeFrames(
        [
          ['system', this.marker()],
          [stream, first],
        ],
        time,
      ))
    )
      return 0;
    this.missing = null;
    return first.length + (await this.write(stream, bytes.subarray(first.length), time));
  }

  /** Names the missing range. */
  private marker(): Buffer {
    const { cause, from, length } = this.missing ?? { cause: 'disk', from: this.seen, length: 0 };
    const why =
      cause === 'quota' ? `they passed the quota of ${this.quotaBytes} bytes` : 'the disk of the machine was full';
    return Buffer.from(
      `\n${length} bytes of output are missing here, from byte ${from} to ${from + length} of what the program wrote: ${why}.\n`,
    );
  }

  /** Writes frames and answers how many of the bytes are in the file. */
  private async write(stream: OutputStream, bytes: Buffer, time: number): Promise<number> {
    let done = 0;
    while (done < bytes.length) {
      const piece = bytes.subarray(done, done + MAX_FRAME_BYTES);
      if (!(await this.writeFrames([[stream, piece]], time))) break;
      done += piece.length;
    }
    return done;
  }

  /** In one write: all of them are in the file afterwards, or none. */
  private async writeFrames(frames: [OutputStream, Buffer][], time: number): Promise<boolean> {
    const parts = frames.flatMap(([stream, bytes]) => [encodeHeader(stream, bytes.length, time), bytes]);
    const due = parts.reduce((sum, { length }) => sum + length, 0);
    if (!(await writeAll(this.fd, parts, due))) {
      this.cutBack();
      return false;
    }
    this.filePosition += due;
    this.bytes += due - frames.length * HEADER_BYTES;
    this.onWritten(
      this.bytes,
      frames.some(([stream]) => isProgramStream(OUTPUT_STREAMS.indexOf(stream))),
    );
    return true;
  }

  private cutBack(): void {
    try {
      ftruncateSync(this.fd, this.filePosition);
    } catch {
      // A disk that fails here too has written nothing of the frame.
    }
  }
}

/** False where the disk is full, or failed, or took only a part. */
function writeAll(fd: number, frame: Buffer[], due: number): Promise<boolean> {
  return new Promise((resolve) => {
    writev(fd, frame, (error, written) => resolve(error === null && written === due));
  });
}

/** The end of the last whole frame. */
function scan(fd: number): { file: number; offset: number; program: number; torn: boolean } {
  const size = fstatSync(fd).size;
  const header = Buffer.alloc(HEADER_BYTES);
  let file = 0;
  let offset = 0;
  let program = 0;
  while (file + HEADER_BYTES <= size) {
    readSync(fd, header, 0, HEADER_BYTES, file);
    const frame = decodeHeader(header, 0);
    if (frame === null || file + HEADER_BYTES + frame.length > size) break;
    file += HEADER_BYTES + frame.length;
    offset += frame.length;
    if (isProgramStream(frame.stream)) program += frame.length;
  }
  return { file, offset, program, torn: file < size };
}
