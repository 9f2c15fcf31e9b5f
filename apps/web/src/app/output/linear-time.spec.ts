import { hostileTexts, superLinear } from '@mle/testing/hostile-texts';
import { PLAIN } from './ansi-style';
import { renderLine, styleAfter } from './line-text';
import { OutputBuffer } from './output-buffer';
import { occurrences } from './output-search';

describe('output is shown in linear time', () => {
  const texts = hostileTexts(['\u001b]', '\u001b[', 'loss\r']);

  const readers: [what: string, read: (text: string) => unknown][] = [
    ['a line with colours', (text) => renderLine(text, PLAIN)],
    ['the style after a line', (text) => styleAfter(text, PLAIN)],
    ['what is searched', (text) => [occurrences(text, ' a'), occurrences(text, 'aab')]],
    [
      'the lines of an output',
      (text) => {
        const bytes = new TextEncoder().encode(text);
        const buffer = new OutputBuffer();
        buffer.accept(0, [[bytes.length, 0, 0]], bytes);
        return Array.from({ length: Math.min(buffer.lineCount, 100) }, (_, line) => buffer.visibleText(line));
      },
    ],
  ];
  it.each(readers)('%s', (_what, read) => {
    expect(superLinear(texts, read)).toEqual([]);
  });
  it.each(readers)('%s, of a megabyte too @full', (_what, read) => {
    expect(superLinear(texts, read, 1024 * 1024)).toEqual([]);
  });
});
