import { type LineFate, type LineSink, LONGEST_LINE, Screen } from './screen.js';

const ESC = String.fromCharCode(27);
const BELL = String.fromCharCode(7);
const BACKSPACE = String.fromCharCode(8);

/** The lines as they come out, all of them wanted. */
function cut(pieces: Buffer[]): [string, LineFate][] {
  const found: [string, LineFate][] = [];
  const sink: LineSink = {
    wants: () => true,
    known: () => -1,
    pass: () => undefined,
    line: (text, fate) => found.push([text, fate]),
  };
  const screen = new Screen(sink);
  for (const piece of pieces) screen.push(piece, 0);
  screen.end(0);
  return found;
}

const lines = (text: string): [string, LineFate][] => cut([Buffer.from(text)]);

describe('the lines of a stream', () => {
  it('are the same wherever the pieces begin, also inside a character and between CR and LF', () => {
    const text = Buffer.from(`#précision 1 2\r\n10%\r20%\r\r100%\n\n${'x'.repeat(5000)}\n日本語 last`);
    const whole = cut([text]);
    expect(whole).toEqual([
      ['#précision 1 2', 'whole'],
      ['10%', 'overwritten'],
      ['20%', 'overwritten'],
      ['100%', 'whole'],
      ['', 'whole'],
      ['x'.repeat(5000), 'whole'],
      ['日本語 last', 'whole'],
    ]);
    for (const size of [1, 2, 3, 7, 64, 4097]) {
      const pieces: Buffer[] = [];
      for (let at = 0; at < text.length; at += size) pieces.push(text.subarray(at, at + size));
      expect(cut(pieces)).toEqual(whole);
    }
  });

  it('lose their colours, titles and links', () => {
    const coloured = `${ESC}[1;32mloss${ESC}[0m ${ESC}]0;title${BELL}= ${ESC}]8;;http://a${ESC}\\0.5\n`;
    expect(lines(coloured)).toEqual([['loss = 0.5', 'whole']]);
  });

  it('are drawn anew by backspaces, by erasing and in the first column', () => {
    expect(lines(`a 1${BACKSPACE.repeat(10)}b 2\n`)).toEqual([
      ['a 1', 'overwritten'],
      ['b 2', 'whole'],
    ]);
    expect(lines(`a 1${ESC}[2Kb 2${ESC}[1Gc 3\n`)).toEqual([
      ['a 1', 'overwritten'],
      ['b 2', 'overwritten'],
      ['c 3', 'whole'],
    ]);
    expect(lines(`slip${BACKSPACE}d 1\n`)).toEqual([['slid 1', 'whole']]);
  });

  it('are drawn anew where the cursor went up', () => {
    expect(lines(`a\nb\n${ESC}[2Ac\nd\ne\n`)).toEqual([
      ['a', 'whole'],
      ['b', 'whole'],
      ['c', 'redrawn'],
      ['d', 'redrawn'],
      ['e', 'whole'],
    ]);
  });

  it('are cut where they are longer than anyone prints them', () => {
    const [first, second] = lines(`${'x'.repeat(LONGEST_LINE + 10)}\nnext 1`);
    expect(first?.[0]).toHaveLength(LONGEST_LINE);
    expect(second).toEqual(['next 1', 'whole']);
  });
});
