import type { OutputStream } from '@mle/protocol';
import { LIMITS, OUTPUT_STREAMS } from '@mle/protocol';
import { SpoolReader } from './spool-reader.js';

/** The whole lines of one stream that a spool holds. */
export async function* spoolLines(path: string, stream: OutputStream): AsyncGenerator<string> {
  const wanted = OUTPUT_STREAMS.indexOf(stream);
  const reader = new SpoolReader(path);
  let rest = '';
  try {
    for (let chunk = await reader.read(LIMITS.outputFrameBytes); chunk !== null;) {
      let at = 0;
      for (const [length, index] of chunk.segments) {
        if (index === wanted) rest += chunk.bytes.toString('latin1', at, at + length);
        at += length;
      }
      const lines = rest.split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) yield Buffer.from(line, 'latin1').toString();
      chunk = await reader.read(LIMITS.outputFrameBytes);
    }
  } finally {
    reader.close();
  }
}
