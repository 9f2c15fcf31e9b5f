import type { AttemptRef, MetricPattern, MetricPreview } from '@mle/protocol';
import { Injectable } from '@nestjs/common';
import { OutputService } from '../output/output.service.js';
import { compilePattern, matchPattern, type Pattern } from './reader/patterns.js';

/** Of a longer output only the end is looked at. */
const MOST_BYTES = 16 * 1024 * 1024;
const LONGEST_LINE = 4_000;
const SHOWN_CHARACTERS = 200;
const SHOWN_LINES = 50;
const PROBLEMS: Record<string, string> = {
  'too long': 'The pattern is too long. Use at most 300 characters.',
  'no hole': 'Write {name} where the number stands.',
  'no name': 'Write {name} where the number stands; {x} alone is only its place.',
  'no text': 'Leave some of the words that stand around the number.',
  'holes without text between them': 'Leave some text between two braces.',
  'a hole twice': 'Each name may stand once.',
  'an open brace': 'A brace is open: write {name}.',
  'a name that is too long': 'A name is too long. Use at most 100 characters.',
};

/** What a pattern would read of an output, before it is kept. */
@Injectable()
export class MetricPreviews {
  constructor(private readonly output: OutputService) {}

  async preview(ref: AttemptRef, { text, axis }: MetricPattern): Promise<MetricPreview> {
    const pattern = compilePattern(text, axis);
    if (typeof pattern === 'string')
      return {
        problem: PROBLEMS[pattern] ?? 'This pattern cannot be read.',
        lines: 0,
        read: 0,
        partly: false,
        items: [],
      };
    const to = await this.output.storedBytes(ref);
    const from = Math.max(0, to - MOST_BYTES);
    const preview: MetricPreview = { problem: null, lines: 0, read: 0, partly: from > 0, items: [] };
    let rest = '';
    for await (const data of this.output.read(ref, { from, to, stream: null })) {
      const lines = (rest + data.toString('utf8')).split('\n');
      rest = (lines.pop() ?? '').slice(-LONGEST_LINE);
      for (const line of lines) look(preview, pattern, line);
    }
    if (rest !== '') look(preview, pattern, rest);
    return preview;
  }
}

function look(preview: MetricPreview, pattern: Pattern, whole: string): void {
  preview.lines++;
  const line = whole.slice(0, LONGEST_LINE).replace(/\r$/, '');
  const match = matchPattern(pattern, line);
  if (!match) return;
  preview.read++;
  const start = Math.max(0, Math.min(match.from - 40, line.length - SHOWN_CHARACTERS));
  preview.items.push({
    line: preview.lines,
    text: line.slice(start, start + SHOWN_CHARACTERS),
    x: match.x,
    values: Object.fromEntries(match.values.map(({ name, y }) => [name, Number.isFinite(y) ? y : null])),
    marks: match.values.map(({ from, to }) => ({ from: from - start, to: to - start })),
  });
  if (preview.items.length > SHOWN_LINES) preview.items.shift();
}
