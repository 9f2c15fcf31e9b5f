import { PLAIN } from './ansi-style';
import { drawnLine } from './drawn-line';
import { renderLine } from './line-text';

const drawn = (text: string, query: string, now = -1) =>
  drawnLine(renderLine(text, PLAIN), query, now).map(({ text: piece, mark }) => [piece, mark]);

describe('drawnLine', () => {
  it('marks each occurrence, and the present one by its own mark', () => {
    expect(drawn('loss=1 Loss=2', 'loss', 1)).toEqual([
      ['loss', 'mark'],
      ['=1 ', ''],
      ['Loss', 'mark now'],
      ['=2', ''],
    ]);
  });

  it('marks across a change of colour', () => {
    expect(drawn('a\u001b[31mb\u001b[0mc', 'bc')).toEqual([
      ['a', ''],
      ['b', 'mark'],
      ['c', 'mark'],
    ]);
  });

  it('leaves a line without the text as it is', () => {
    expect(drawn('abc', 'x')).toEqual([['abc', '']]);
    expect(drawn('abc', '')).toEqual([['abc', '']]);
  });
});
