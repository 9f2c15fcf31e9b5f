import type { FileHandle } from 'node:fs/promises';
import { maskedCrc32c, maskedCrc32cInTurns } from './crc32c.js';

/** Length (8 bytes, little-endian) and its checksum (4). The bytes follow, and their checksum (4). */
const HEAD_BYTES = 12;
const TAIL_BYTES = 4;
/** A longer record is passed by: a graph or a video, no curve. */
const MOST_RECORD_BYTES = 16 * 1024 * 1024;
const WINDOW_BYTES = 256 * 1024;

/** What lies between two checksums makes no sense: nobody knows where the next record begins. */
export class DamagedAt extends Error {
  constructor(readonly offset: number) {
    super(`It is damaged at byte ${offset}.`);
  }
}

interface FileRecord {
  /** Null where its checksum is wrong, or it is too long. */
  bytes: Buffer | null;
  /** Where the next record begins. */
  end: number;
}

/**
 * The records of a TFRecord file from the offset on, as far as they are written whole: the rest may come yet.
 * @throws DamagedAt where the head of a record is none.
 */
export async function* readRecords(handle: FileHandle, offset: number): AsyncGenerator<FileRecord> {
  const { size } = await handle.stat();
  let at = offset;
  let window: Buffer = Buffer.alloc(0);
  let windowAt = at;
  const load = async (length: number): Promise<Buffer | null> => {
    if (at + length > size) return null;
    if (at + length > windowAt + window.length) {
      const space = Buffer.allocUnsafe(Math.max(length, Math.min(WINDOW_BYTES, size - at)));
      const { bytesRead } = await handle.read(space, 0, space.length, at);
      window = space.subarray(0, bytesRead);
      windowAt = at;
      if (bytesRead < length) return null;
    }
    return window.subarray(at - windowAt, at - windowAt + length);
  };
  for (let head = await load(HEAD_BYTES); head !== null; head = await load(HEAD_BYTES)) {
    const length = Number(head.readBigUInt64LE(0));
    if (head.readUInt32LE(8) !== maskedCrc32c(head.subarray(0, 8)) || !Number.isSafeInteger(length))
      throw new DamagedAt(at);
    const end = at + HEAD_BYTES + length + TAIL_BYTES;
    if (end > size) return;
    let bytes: Buffer | null = null;
    if (length <= MOST_RECORD_BYTES) {
      const whole = await load(end - at);
      if (whole === null) return;
      const content = whole.subarray(HEAD_BYTES, HEAD_BYTES + length);
      if (whole.readUInt32LE(HEAD_BYTES + length) === (await maskedCrc32cInTurns(content))) bytes = content;
    }
    at = end;
    yield { bytes, end };
  }
}
