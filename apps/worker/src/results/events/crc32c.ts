import { setImmediate } from 'node:timers/promises';

/** Castagnoli's polynomial, its bits reversed. */
const POLYNOMIAL = 0x82f63b78;
const MASK_DELTA = 0xa282ead8;
const START = 0xffffffff;
/** What is worked on without a pause: the output of other runs waits meanwhile. */
const TURN_BYTES = 512 * 1024;

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
  return crc;
});

/**
 * The CRC-32C of a few bytes, masked as records of TensorFlow keep it. Native code for it comes in packages that are
 * built for one system each, and a worker is one file.
 */
export const maskedCrc32c = (bytes: Uint8Array): number => masked(extended(START, bytes));

/** The same of many bytes, with pauses. */
export async function maskedCrc32cInTurns(bytes: Uint8Array): Promise<number> {
  let crc = START;
  for (let at = 0; at < bytes.length; at += TURN_BYTES) {
    if (at > 0) await setImmediate();
    crc = extended(crc, bytes.subarray(at, at + TURN_BYTES));
  }
  return masked(crc);
}

function extended(begun: number, bytes: Uint8Array): number {
  let crc = begun;
  for (let at = 0; at < bytes.length; at++) crc = (TABLE[(crc ^ (bytes[at] ?? 0)) & 0xff] ?? 0) ^ (crc >>> 8);
  return crc;
}

function masked(inner: number): number {
  const crc = ~inner >>> 0;
  return (((crc >>> 15) | (crc << 17)) + MASK_DELTA) >>> 0;
}
