import { createHash } from 'node:crypto';
import { closeSync, openSync, read } from 'node:fs';
import { promisify } from 'node:util';
import type { FrameHeader } from '../../journal/spool-format.js';
import { decodeHeader, HEADER_BYTES, MAX_FRAME_BYTES } from '../../journal/spool-format.js';

/** `segments` are `[length, index into OUTPUT_STREAMS, time]`. */
interface SpoolChunk {
  from: number;
  segments: [number, number, number][];
  bytes: Buffer;
}

/** Where a frame begins: its offset in the file, and that of its first byte in the output. */
interface Place {
  file: number;
  offset: number;
}

const readAt = promisify(read);

/** The window is small for a program that says little, and grows with what there is to read. */
const FIRST_WINDOW_BYTES = 8 * 1024;
const WINDOW_BYTES = 4 * (HEADER_BYTES + MAX_FRAME_BYTES);
const INDEX_EVERY_BYTES = 1024 * 1024;
/** Keeps the head of a frame on the link small when a program prints byte by byte. */
const MAX_SEGMENTS = 512;

/**
 * Reads a spool by offsets of the output while it grows, and takes its SHA-256 on the way: each byte once, however
 * often it is read again. Memory is one window and one index entry per MiB.
 */
export class SpoolReader {
  private readonly hash = createHash('sha256');
  private hashed = 0;
  private place: Place = { file: 0, offset: 0 };
  /** Bytes of the frame at `place` that were read. */
  private used = 0;
  private readonly index: Place[] = [{ file: 0, offset: 0 }];
  private space: Buffer = Buffer.allocUnsafe(FIRST_WINDOW_BYTES);
  /** What is read of `space`. */
  private window: Buffer = this.space.subarray(0, 0);
  private windowAt = 0;
  /** Of the output, what was sure to stay when the window was read, and what is now. */
  private windowKnown = 0;
  private known = 0;

  private readonly fd: number;

  /** The file must exist. */
  constructor(path: string) {
    this.fd = openSync(path, 'r');
  }

  /** The offset of the next byte. */
  get position(): number {
    return this.place.offset + this.used;
  }

  close(): void {
    closeSync(this.fd);
  }

  /** SHA-256 of all bytes up to `end`, which are read where that is still due; null where the spool is shorter. */
  async digest(end: number): Promise<string | null> {
    if (this.hashed < end) await this.seek(end);
    return this.hashed === end ? this.hash.copy().digest('hex') : null;
  }

  /** Moves to `offset`, or to the end of what is there when that is less. */
  async seek(offset: number): Promise<void> {
    if (offset < this.position) {
      let best = this.index[0] as Place;
      for (const place of this.index) if (place.offset <= offset) best = place;
      this.place = { ...best };
      this.used = 0;
    }
    while (this.position < offset) {
      if ((await this.read(Math.min(MAX_FRAME_BYTES, offset - this.position))) === null) return;
    }
  }

  /**
   * The next bytes, at most `max` of them, from as many whole or part frames as there are; null at the end. `known`: the
   * length of the output that is there to stay. What follows may be cut back, as on a full disk, and written anew.
   */
  async read(max: number, known = this.position + max): Promise<SpoolChunk | null> {
    const from = this.position;
    const end = Math.min(max, known - from);
    this.known = Math.max(this.known, known);
    const parts: Buffer[] = [];
    const segments: [number, number, number][] = [];
    let total = 0;
    while (total < end && segments.length < MAX_SEGMENTS) {
      const frame = await this.frame();
      if (frame === null) break;
      const take = Math.min(frame.length - this.used, end - total);
      const start = this.place.file + HEADER_BYTES + this.used - this.windowAt;
      // A copy: the window is used again while the chunk waits for its acknowledgement.
      parts.push(Buffer.from(this.window.subarray(start, start + take)));
      addSegment(segments, take, frame);
      total += take;
      this.advance(frame, take);
    }
    if (total === 0) return null;
    const bytes = parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts);
    this.addToHash(from, bytes);
    return { from, segments, bytes };
  }

  private advance(frame: FrameHeader, taken: number): void {
    this.used += taken;
    if (this.used < frame.length) return;
    this.place = { file: this.place.file + HEADER_BYTES + frame.length, offset: this.place.offset + frame.length };
    this.used = 0;
    const last = this.index.at(-1) as Place;
    if (this.place.offset - last.offset >= INDEX_EVERY_BYTES) this.index.push({ ...this.place });
  }

  private addToHash(from: number, bytes: Buffer): void {
    const fresh = from + bytes.length - this.hashed;
    if (fresh <= 0) return;
    this.hash.update(bytes.subarray(bytes.length - fresh));
    this.hashed += fresh;
  }

  /** The header of the frame at `place`, once the whole frame is in the window; null while it is not written. */
  private async frame(): Promise<FrameHeader | null> {
    const at = this.place.file;
    for (let due = HEADER_BYTES; await this.load(at, due);) {
      const header = decodeHeader(this.window, at - this.windowAt);
      if (header === null) {
        this.forgetWindow();
        throw new Error(`The spool is damaged at byte ${at}.`);
      }
      due = HEADER_BYTES + header.length;
      if (this.holds(at, due)) return header;
    }
    // Only a part of it is there, which may go again.
    this.forgetWindow();
    return null;
  }

  private forgetWindow(): void {
    this.window = this.space.subarray(0, 0);
  }

  private async load(at: number, length: number): Promise<boolean> {
    if (this.holds(at, length)) return true;
    const full = this.window.length === this.space.length;
    const room = Math.min(WINDOW_BYTES, Math.max(length, full ? 2 * this.space.length : 0));
    if (room > this.space.length) this.space = Buffer.allocUnsafe(room);
    let filled = 0;
    while (filled < length) {
      const { bytesRead } = await readAt(this.fd, this.space, filled, this.space.length - filled, at + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    this.window = this.space.subarray(0, filled);
    this.windowAt = at;
    this.windowKnown = this.known;
    return filled >= length;
  }

  /** The window has these bytes of the frame at `place`, which was there to stay when it was read. */
  private holds(at: number, length: number): boolean {
    const isKnown = this.place.offset < this.windowKnown;
    return isKnown && at >= this.windowAt && at + length <= this.windowAt + this.window.length;
  }
}

function addSegment(segments: [number, number, number][], length: number, frame: FrameHeader): void {
  const last = segments.at(-1);
  if (last !== undefined && last[1] === frame.stream && last[2] === frame.time) last[0] += length;
  else segments.push([length, frame.stream, frame.time]);
}
