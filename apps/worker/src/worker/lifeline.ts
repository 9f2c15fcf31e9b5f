import { createReadStream, fstatSync } from 'node:fs';
import { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { BadArgument } from '../base/config/bad-argument.js';

/**
 * The pipe to the launcher. Its words are `stop` and `kill`; its end means `stop`, because the launcher is gone.
 */
export function watchLifeline(fd: number, on: { stop: () => void; kill: () => void }): void {
  const stream = openStream(fd);
  let text = '';
  stream.on('data', (chunk: Buffer | string) => {
    text = (text + chunk.toString()).slice(-64);
    const words = text.split(/\s+/);
    if (words.includes('kill')) on.kill();
    else if (words.includes('stop')) on.stop();
  });
  stream.on('end', () => on.stop());
  stream.on('error', () => on.stop());
}

function openStream(fd: number): Readable {
  try {
    const stat = fstatSync(fd);
    return stat.isFIFO() || stat.isSocket()
      ? new Socket({ fd, readable: true, writable: false })
      : createReadStream('', { fd });
  } catch {
    throw new BadArgument(`--lifeline-fd is ${fd}, but no descriptor of this number is open.`);
  }
}
