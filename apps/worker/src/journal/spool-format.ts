import type { OutputStream } from '@mle/protocol';
import { LIMITS, OUTPUT_STREAMS } from '@mle/protocol';

/**
 * A spool is a row of frames: magic (3 bytes), stream (1), length (4), time (8, a double), then the bytes.
 * Only the last frame can be torn, and only after a crash of its writer.
 */
export const HEADER_BYTES = 16;
/** The largest piece that one frame holds. */
export const MAX_FRAME_BYTES = LIMITS.outputFrameBytes;
const MAGIC = 0x4d4c46;

export interface FrameHeader {
  /** Index into OUTPUT_STREAMS. */
  stream: number;
  length: number;
  /** Milliseconds since the epoch. */
  time: number;
}

export function encodeHeader(stream: OutputStream, length: number, time: number): Buffer {
  const header = Buffer.allocUnsafe(HEADER_BYTES);
  header.writeUIntBE(MAGIC, 0, 3);
  header.writeUInt8(OUTPUT_STREAMS.indexOf(stream), 3);
  header.writeUInt32BE(length, 4);
  header.writeDoubleBE(time, 8);
  return header;
}

/** The header at `at`, or null where the bytes are no header. */
export function decodeHeader(buffer: Buffer, at: number): FrameHeader | null {
  if (buffer.readUIntBE(at, 3) !== MAGIC) return null;
  const stream = buffer.readUInt8(at + 3);
  const length = buffer.readUInt32BE(at + 4);
  if (stream >= OUTPUT_STREAMS.length || length === 0 || length > MAX_FRAME_BYTES) return null;
  return { stream, length, time: buffer.readDoubleBE(at + 8) };
}
