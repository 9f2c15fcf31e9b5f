import { OUTPUT_STREAMS, type OutputFrame, type Segment } from '@mle/protocol';

/** `[length, stream, time]`, as frames carry segments. */
export type PackedSegment = OutputFrame['segments'][number];

const BYTES = 13;
/** Reads of one stream within this time are told as one: no line shows finer times. */
const SAME_TIME_MS = 5;

/** Length (u32), stream (u8) and time (f64) of each segment, little-endian. */
export function packSegments(segments: readonly PackedSegment[]): Buffer {
  const packed = Buffer.allocUnsafe(segments.length * BYTES);
  segments.forEach(([length, stream, time], i) => {
    packed.writeUInt32LE(length, i * BYTES);
    packed.writeUInt8(stream, i * BYTES + 4);
    packed.writeDoubleLE(time, i * BYTES + 5);
  });
  return packed;
}

export function unpackSegments(packed: Buffer): PackedSegment[] {
  const segments: PackedSegment[] = [];
  for (let at = 0; at + BYTES <= packed.length; at += BYTES) {
    segments.push([packed.readUInt32LE(at), packed.readUInt8(at + 4), packed.readDoubleLE(at + 5)]);
  }
  return segments;
}

/** Joins neighbours of the same stream and time. */
export function coalesceSegments(segments: readonly PackedSegment[]): PackedSegment[] {
  const joined: PackedSegment[] = [];
  for (const [length, stream, time] of segments) {
    const last = joined.at(-1);
    if (last && last[1] === stream && time - last[2] <= SAME_TIME_MS) last[0] += length;
    else joined.push([length, stream, time]);
  }
  return joined;
}

/** The part of `segments`, which begin at `offset`, that lies in `[from, to)`. */
export function clipSegments(segments: readonly PackedSegment[], offset: number, from: number, to: number): Segment[] {
  const clipped: Segment[] = [];
  let start = offset;
  for (const [length, stream, time] of segments) {
    const low = Math.max(start, from);
    const high = Math.min(start + length, to);
    if (low < high) clipped.push({ offset: low, length: high - low, stream: OUTPUT_STREAMS[stream] ?? 'system', time });
    start += length;
  }
  return clipped;
}

/** Drops the first `bytes` of what `segments` tell of. */
export function dropBytes(segments: readonly PackedSegment[], bytes: number): PackedSegment[] {
  const rest: PackedSegment[] = [];
  let skip = bytes;
  for (const [length, stream, time] of segments) {
    if (skip >= length) skip -= length;
    else {
      rest.push([length - skip, stream, time]);
      skip = 0;
    }
  }
  return rest;
}
