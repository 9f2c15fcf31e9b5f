import { applySgr, styleClasses } from './ansi-style';
import { MAX_COLUMNS, renderLine, styleAfter } from './line-text';

const shown = (text: string) =>
  renderLine(text, 0)
    .map((run) => run.text)
    .join('');

describe('renderLine', () => {
  it('draws a progress bar as its last state', () => {
    expect(shown('  0%|   |\r 50%|## |\r100%|###|')).toBe('100%|###|');
  });

  it('overwrites from the first column and keeps what is not overwritten, as a terminal does', () => {
    expect(shown('abcdef\rXY')).toBe('XYcdef');
    expect(shown('abcdef\r\u001b[KXY')).toBe('XY');
    expect(shown('abc\b\bX')).toBe('aXc');
    expect(shown('abc\u001b[2Kd')).toBe('   d');
    expect(shown('ab\u001b[3Cd')).toBe('ab   d');
    expect(shown('abcd\u001b[1GX')).toBe('Xbcd');
  });

  it('turns colours into styles and drops other sequences', () => {
    expect(renderLine('\u001b[1;32mok\u001b[0m done', 0)).toEqual([
      { text: 'ok', style: applySgr(0, '1;32') },
      { text: ' done', style: 0 },
    ]);
    expect(
      shown('\u001b]0;title\u0007a\u001b[?25lb\u001b(Bc\u0000d\u001b]8;;http://x\u001b\\link\u001b]8;;\u001b\\'),
    ).toBe('abcdlink');
  });

  it('shows no half of a sequence that is still coming', () => {
    expect(shown('done\u001b')).toBe('done');
    expect(shown('done\u001b[3')).toBe('done');
    expect(shown('done\u001b]0;ti')).toBe('done');
  });

  it('keeps markup as text', () => {
    expect(renderLine('<b>x</b> & <script>', 0)).toEqual([{ text: '<b>x</b> & <script>', style: 0 }]);
  });

  it('keeps characters of two code units whole', () => {
    expect(shown('🙂🙂\rX')).toBe('X🙂');
  });

  it('cuts a line that is too long to draw, with a mark', () => {
    expect(shown('x'.repeat(MAX_COLUMNS + 5))).toBe(`${'x'.repeat(MAX_COLUMNS)} …`);
    expect(shown(`\u001b[31m${'x'.repeat(MAX_COLUMNS + 5)}`)).toBe(`${'x'.repeat(MAX_COLUMNS)} …`);
  });

  it('reads only the end of a long redrawn line, but knows its colour', () => {
    const line = `\u001b[33m${Array.from({ length: 20_000 }, (_, i) => `\r${String(i).padStart(6)} of 20000`).join('')}`;
    expect(renderLine(line, 0)).toEqual([{ text: ' 19999 of 20000', style: applySgr(0, '33') }]);
  });
});

describe('styles', () => {
  it('follow the codes and their ends', () => {
    expect(styleClasses(applySgr(0, '31'))).toBe('ansi-red');
    expect(styleClasses(applySgr(0, '97;44'))).toBe('ansi-bright-white ansi-back-blue');
    expect(styleClasses(applySgr(applySgr(0, '1;3;4;9;31'), '22;39'))).toBe('ansi-italic ansi-underline ansi-strike');
    expect(applySgr(applySgr(0, '1;31'), '')).toBe(0);
    expect(styleClasses(applySgr(0, '7;31'))).toBe('ansi-inverse ansi-back-red');
    expect(styleClasses(applySgr(0, '7'))).toBe('ansi-inverse ansi-back-text');
  });

  it('map the larger palettes to the sixteen colours of the theme', () => {
    expect(styleClasses(applySgr(0, '38;5;9'))).toBe('ansi-bright-red');
    expect(styleClasses(applySgr(0, '38;5;46'))).toBe('ansi-bright-green');
    expect(styleClasses(applySgr(0, '38;2;0;0;180;1'))).toBe('ansi-blue ansi-bold');
    expect(styleClasses(applySgr(0, '48;2;255;255;255'))).toBe('ansi-back-bright-white');
    expect(styleClasses(applySgr(0, '38;5;240'))).toBe('ansi-bright-black');
  });

  it('are found at the end of a text', () => {
    expect(styleAfter('a\u001b[31mb\u001b[2K\u001b[?25h', 0)).toBe(2);
    expect(styleAfter('\u001b[31mb\u001b[0m', 5)).toBe(0);
  });
});
