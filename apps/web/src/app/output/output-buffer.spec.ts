import { OutputBuffer, type Piece } from './output-buffer';

const encode = (text: string) => new TextEncoder().encode(text);
const OUT = 0;
const ERR = 1;
const SYS = 2;
const EVENTS = 3;

/** Puts stretches of text into frames with running offsets. */
function frames(
  parts: [text: string | Uint8Array, stream: number][],
): { from: number; pieces: Piece[]; bytes: Uint8Array }[] {
  let from = 0;
  return parts.map(([text, stream]) => {
    const bytes = typeof text === 'string' ? encode(text) : text;
    const frame = { from, pieces: [[bytes.length, stream, 1000 + from] as Piece], bytes };
    from += bytes.length;
    return frame;
  });
}

const texts = (buffer: OutputBuffer) => Array.from({ length: buffer.lineCount }, (_, i) => buffer.text(i));

describe('OutputBuffer', () => {
  it('makes lines of frames that end anywhere', () => {
    const buffer = new OutputBuffer();
    for (const { from, pieces, bytes } of frames([
      ['Running a.py\n', SYS],
      ['hel', OUT],
      ['lo\nwor', OUT],
      ['ld\n', OUT],
    ]))
      buffer.accept(from, pieces, bytes);
    expect(texts(buffer)).toEqual(['Running a.py', 'hello', 'world']);
    expect([0, 1, 2].map((i) => buffer.line(i).stream)).toEqual(['system', 'stdout', 'stdout']);
    expect(buffer.end).toBe(25);
    expect(buffer.line(1).time).toBe(1013);
  });

  it('keeps the place of points of event files, which are no lines', () => {
    const buffer = new OutputBuffer();
    const parts = frames([
      ['one\ntw', OUT],
      ['["loss",0,0.5,1]\n', EVENTS],
      ['o\n', OUT],
    ]);
    for (const { from, pieces, bytes } of parts) buffer.accept(from, pieces, bytes);
    expect(texts(buffer)).toEqual(['one', 'two']);
    expect(buffer.end).toBe(25);
    expect(buffer.missing(25)).toBeNull();
  });

  it('gives the same lines for every order of the same frames, and names the gap meanwhile', () => {
    const parts = frames([
      ['one\n', OUT],
      ['two\n', OUT],
      ['three\n', ERR],
      ['four', OUT],
    ]);
    const orders = [
      [3, 2, 1, 0],
      [1, 0, 3, 2],
      [2, 3, 0, 1],
      [0, 2, 1, 3],
    ];
    for (const order of orders) {
      const buffer = new OutputBuffer();
      order.forEach((i) =>
        buffer.accept(
          (parts[i] as (typeof parts)[0]).from,
          (parts[i] as (typeof parts)[0]).pieces,
          (parts[i] as (typeof parts)[0]).bytes,
        ),
      );
      expect(texts(buffer)).toEqual(['one', 'two', 'three', 'four']);
      expect(buffer.missing(18)).toBeNull();
    }
    const gap = new OutputBuffer();
    gap.accept(8, [[6, ERR, 0]], encode('three\n'));
    expect(gap.lineCount).toBe(0);
    expect(gap.missing(0)).toEqual({ from: 0, to: 8 });
    expect(gap.accept(0, [[8, OUT, 0]], encode('one\ntwo\n'))).toBe(true);
    expect(texts(gap)).toEqual(['one', 'two', 'three']);
  });

  it('trims what overlaps and ignores what it has', () => {
    const buffer = new OutputBuffer();
    buffer.accept(0, [[6, OUT, 0]], encode('abc\nde'));
    expect(buffer.accept(0, [[6, OUT, 0]], encode('abc\nde'))).toBe(false);
    expect(
      buffer.accept(
        2,
        [
          [3, OUT, 0],
          [4, ERR, 0],
        ],
        encode('c\ndEEE\n'),
      ),
    ).toBe(true);
    // Offsets 2–6 were known up to 6: only the end of the stderr piece is new.
    expect(texts(buffer)).toEqual(['abc', 'de', 'EE']);
    expect(buffer.end).toBe(9);
  });

  it('asks for what is stored but was never sent', () => {
    const buffer = new OutputBuffer();
    expect(buffer.missing(10)).toEqual({ from: 0, to: 10 });
    buffer.accept(0, [[4, OUT, 0]], encode('abc\n'));
    expect(buffer.missing(10)).toEqual({ from: 4, to: 10 });
    expect(buffer.missing(4)).toBeNull();
  });

  it('decodes a character that two frames share, for each stream by itself', () => {
    const [first, second] = [encode('é').subarray(0, 1), encode('é').subarray(1)];
    const buffer = new OutputBuffer();
    for (const { from, pieces, bytes } of frames([
      ['a', OUT],
      [first, OUT],
      ['ü-err\n', ERR],
      [second, OUT],
      ['b\n', OUT],
    ]))
      buffer.accept(from, pieces, bytes);
    expect(texts(buffer)).toEqual(['aéb', 'ü-err']);
  });

  it('leaves out the started character at the end of an open line only', () => {
    const buffer = new OutputBuffer();
    const euro = encode('€');
    buffer.accept(0, [[3, OUT, 0]], new Uint8Array([...encode('x'), ...euro.subarray(0, 2)]));
    expect(texts(buffer)).toEqual(['x']);
    buffer.accept(3, [[2, OUT, 0]], new Uint8Array([...euro.subarray(2), 10]));
    expect(texts(buffer)).toEqual(['x€']);
    buffer.accept(5, [[2, OUT, 0]], new Uint8Array([0xe2, 10]));
    expect(buffer.text(1)).toBe('\ufffd');
  });

  it('keeps a line of one stream whole when another stream writes in between', () => {
    const buffer = new OutputBuffer();
    for (const { from, pieces, bytes } of frames([
      ['50%\r', ERR],
      ['epoch 1\n', OUT],
      ['75%\r', ERR],
      ['epoch 2\n', OUT],
      ['100%\n', ERR],
    ]))
      buffer.accept(from, pieces, bytes);
    expect(
      Array.from({ length: buffer.lineCount }, (_, i) =>
        buffer
          .line(i)
          .runs.map((run) => run.text)
          .join(''),
      ),
    ).toEqual(['100%', 'epoch 1', 'epoch 2']);
  });

  it('carries a colour over to the next lines of its stream only', () => {
    const buffer = new OutputBuffer();
    for (const { from, pieces, bytes } of frames([
      ['\u001b[3', ERR],
      ['1mbad\n', ERR],
      ['plain\n', OUT],
      ['still\u001b[0m\nover\n', ERR],
    ]))
      buffer.accept(from, pieces, bytes);
    expect([0, 1, 2, 3].map((i) => buffer.line(i).runs.map((run) => [run.text, run.style]))).toEqual([
      [['bad', 2]],
      [['plain', 0]],
      [['still', 2]],
      [['over', 0]],
    ]);
  });

  it('shows CRLF ends and empty lines as they are meant', () => {
    const buffer = new OutputBuffer();
    buffer.accept(0, [[11, OUT, 0]], encode('one\r\n\r\ntwo\n'));
    expect(texts(buffer)).toEqual(['one', '', 'two']);
  });

  it('begins in the middle when the beginning is left out', () => {
    const buffer = new OutputBuffer(100);
    buffer.accept(90, [[14, OUT, 0]], encode('0123456789abc\n'));
    expect(texts(buffer)).toEqual(['abc']);
    expect(buffer.end).toBe(104);
  });

  it('indexes many lines across its pages', () => {
    const buffer = new OutputBuffer();
    const block = encode(Array.from({ length: 5000 }, (_, i) => `line ${i} of a longer output\n`).join(''));
    for (let i = 0; i < 40; i++) buffer.accept(buffer.end, [[block.length, OUT, i]], block);
    expect(buffer.lineCount).toBe(200_000);
    for (const i of [0, 4999, 5000, 123_456, 199_999])
      expect(buffer.text(i)).toBe(`line ${i % 5000} of a longer output`);
    expect(buffer.end).toBe(block.length * 40);
  });

  it('parts the streams into two columns, the system’s lines with stdout', () => {
    const buffer = new OutputBuffer();
    for (const { from, pieces, bytes } of frames([
      ['Running a.py\n', SYS],
      ['one\n', OUT],
      ['bad\nworse\n', ERR],
      ['two\n', OUT],
    ]))
      buffer.accept(from, pieces, bytes);
    const column = (name: 'stdout' | 'stderr') =>
      Array.from({ length: buffer.countOf(name) }, (_, i) => buffer.text(buffer.lineOf(name, i)));
    expect(column('stdout')).toEqual(['Running a.py', 'one', 'two']);
    expect(column('stderr')).toEqual(['bad', 'worse']);
  });
});
