import type { Readable, Writable } from 'node:stream';

const LONGEST_LINE = 4_194_304;

/** Reads one JSON value a line. A line that is none, or is far too long, breaks the stream. */
export function readJsonLines(stream: Readable, onValue: (value: unknown) => void): void {
  let text = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    text += chunk;
    const lines = text.split('\n');
    text = lines.pop() ?? '';
    try {
      if (text.length > LONGEST_LINE) throw new Error('A line is too long.');
      for (const line of lines) onValue(JSON.parse(line));
    } catch (error) {
      stream.destroy(error instanceof Error ? error : new Error(String(error)));
    }
  });
}

export function writeJsonLine(stream: Writable, value: unknown): void {
  if (!stream.destroyed && stream.writable) stream.write(`${JSON.stringify(value)}\n`);
}
