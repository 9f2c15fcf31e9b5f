// The program that the output bench runs: lines such as a training prints. Also the text that is expected of it.
// Usage: node printer.mjs bulk BYTES | node printer.mjs lines COUNT PER_SECOND
import { writeSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

const BLOCK_BYTES = 64 * 1024;
const NUMBER_BYTES = 16;

/** Blocks of text of which each differs from the others by its number, so that none can stand for another. */
export function* blocks(bytes) {
  const template = makeTemplate();
  for (let i = 0; i * BLOCK_BYTES < bytes; i++) {
    const block = Buffer.from(template);
    block.write(`block ${String(i).padStart(NUMBER_BYTES - 7, '0')}\n`);
    yield block.subarray(0, Math.min(BLOCK_BYTES, bytes - i * BLOCK_BYTES));
  }
}

/** A line that tells when it was written, by the clock that all processes of the machine share. */
const timedLine = (i) => `line ${i} at ${process.hrtime.bigint()} of a training that goes on\n`;

/** Calls `write` for each line at its time. */
export async function atRate(count, perSecond, write) {
  const began = performance.now();
  for (let i = 0; i < count; i++) {
    const wait = began + (i * 1000) / perSecond - performance.now();
    if (wait > 0) await delay(wait);
    write(timedLine(i));
  }
}

function makeTemplate() {
  let seed = 1;
  const random = () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
  let text = ' '.repeat(NUMBER_BYTES);
  for (let step = 0; text.length < BLOCK_BYTES; step++) {
    text += `step ${step}: the loss is ${(random() * 4).toFixed(6)}, the accuracy ${random().toFixed(4)}, after ${(random() * 90).toFixed(2)} ms\n`;
  }
  return Buffer.from(text.slice(0, BLOCK_BYTES - 1) + '\n');
}

function writeAll(bytes) {
  for (let at = 0; at < bytes.length;) at += writeSync(1, bytes, at);
}

const [, , what, count, perSecond] = process.argv;
if (what === 'bulk') for (const block of blocks(Number(count))) writeAll(block);
if (what === 'lines') await atRate(Number(count), Number(perSecond), (line) => writeAll(Buffer.from(line)));
