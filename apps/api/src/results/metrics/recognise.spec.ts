import { LineSplitter } from './line-splitter.js';
import { recognise } from './recognise.js';

const read = (line: string, overwritten = false) => recognise(Buffer.from(line), overwritten);
const ESC = String.fromCharCode(27);

describe('#name x y', () => {
  it.each([
    ['#loss 1 0.5', 'loss', 1, 0.5],
    ['  #loss\t2   -1.5e-3  ', 'loss', 2, -0.0015],
    ['#val/loss,a.b[0] .5 +3.', 'val/loss,a.b[0]', 0.5, 3],
    ['#précision 3 1E2', 'précision', 3, 100],
    ['#loss 4 nan', 'loss', 4, Number.NaN],
    ['#loss 4 -Infinity', 'loss', 4, Number.NEGATIVE_INFINITY],
    ['#loss 4 inf', 'loss', 4, Number.POSITIVE_INFINITY],
    [`${ESC}[32m#loss 5 0.25${ESC}[0m`, 'loss', 5, 0.25],
    [`#loss ${ESC}[1m6${ESC}[0m 7`, 'loss', 6, 7],
  ])('%j', (line, name, x, y) => {
    expect(read(line)).toEqual({ form: 'explicit', axis: 'step', x, values: [[name, y]] });
  });

  it.each([
    '# loss 1 2',
    '#loss 1',
    '#loss 1 2 3',
    '#loss one 2',
    '#loss 1 2x',
    '##loss 1 2',
    'x #loss 1 2',
    '#loss nan 1',
    '#loss 1e999 1',
    `#${'n'.repeat(101)} 1 2`,
    '#loss 1,5 2',
    '#!/usr/bin/env python',
    '#',
  ])('is not %j', (line) => {
    expect(read(line)).toBeNull();
  });

  it('counts also where a carriage return takes the line from the screen', () => {
    expect(read('#loss 1 2', true)?.values).toEqual([['loss', 2]]);
  });
});

describe('numbers of a training log', () => {
  it.each([
    ['epoch 3 loss=0.41 val_loss=0.5 accuracy=0.9', 'epoch', 3, { loss: 0.41, val_loss: 0.5, accuracy: 0.9 }],
    ['Epoch 3/10, loss: 0.41, acc: 91.5%', 'epoch', 3, { loss: 0.41, acc: 91.5 }],
    ['Epoch: [2] step: 1200 lr=1e-3 loss = nan', 'step', 1200, { lr: 0.001, loss: Number.NaN }],
    ['iter=20 | loss=2.5 | time=12:30', 'step', 20, { loss: 2.5 }],
    ['{"epoch": 2, "loss": 0.5, "name": "x", "grad/norm": 3}', 'epoch', 2, { loss: 0.5, 'grad/norm': 3 }],
    ['{"epoch": 1.5, "step": 30, "loss": 0.5}', 'step', 30, { loss: 0.5 }],
    ["{'loss': 0.5, 'epoch': 3}", 'epoch', 3, { loss: 0.5 }],
    ['Epoch 3: loss=0.5', 'epoch', 3, { loss: 0.5 }],
    ['Epoch 3 - Train Loss: 0.5 | Val Loss: 0.7', 'epoch', 3, { 'Train Loss': 0.5, 'Val Loss': 0.7 }],
    ['step 7 tokens: 1,234,567 loss: 0,512', 'step', 7, { tokens: 1_234_567, loss: 0.512 }],
    ['iter 1 a=1 a=2 a=3', 'step', 1, { a: 1 }],
  ])('%j', (line, axis, x, values) => {
    const reading = read(line);
    expect(reading).toMatchObject({ form: 'found', axis, x });
    expect(Object.fromEntries(reading?.values ?? [])).toEqual(values);
  });

  it.each([
    'batch_size=256 learning_rate=0.001', // a setting, not a course
    'train.py:31: UserWarning: num_workers is 8',
    'Running on port: 8080',
    '2026-01-01 12:30:01 epoch done',
    'epoch 3 done',
    'epochs=40 hidden=16',
    '{"level":30,"time":1690000000000,"pid":12}',
    '{"epoch": 3}',
    '{broken',
  ])('are not in %j', (line) => {
    expect(read(line)).toBeNull();
  });

  it('are not read from a bar that is drawn over', () => {
    expect(read('epoch 1: 50% loss=0.5', true)).toBeNull();
  });
});

describe('no line takes long', () => {
  const PREFIXES = [
    'epoch',
    'epoch ',
    ' ',
    '\t',
    '=',
    ':',
    'a',
    'a=',
    'a=1',
    'a=1 ',
    '1',
    '1,',
    '1,234',
    '.',
    '-',
    '+',
    '"',
    "'",
    '{',
    '[',
    '(',
    '#',
    '#a 1 ',
    'train ',
    'val ',
    'nan',
    'e',
    'epoch=1',
    `${ESC}[`,
    `${ESC}]`,
    `${ESC}[1m`,
    '│',
    'ü',
    '\u0000',
  ];
  /** Of several, as the computer may be busy with other things. */
  const quickest = (line: Buffer): number =>
    Math.min(
      ...Array.from({ length: 5 }, () => {
        const start = performance.now();
        recognise(line, false);
        return performance.now() - start;
      }),
    );
  const random = (() => {
    let state = 12_345;
    return (below: number): number => (state = (state * 1_103_515_245 + 12_345) % 2 ** 31) % below;
  })();
  const mixes = Array.from({ length: 200 }, () =>
    Array.from({ length: 4 }, () => (PREFIXES[random(PREFIXES.length)] ?? '').repeat(1 + random(500))).join(''),
  );

  it.each([4_096, 65_536])('of %i bytes, of whatever it is made', (bytes) => {
    const slow: string[] = [];
    for (const part of [...PREFIXES, ...mixes]) {
      for (const ends of ['', ' x=1', ' epoch 1 a=']) {
        const text = ends.startsWith(' epoch')
          ? `${ends}${part.repeat(Math.ceil(bytes / part.length))}`
          : `epoch${part.repeat(Math.ceil(bytes / part.length))}`;
        const line = Buffer.from(`${text.slice(0, bytes)}${ends}`);
        const limit = 5 * (bytes / 4_096);
        // Measured again before it is believed.
        if (quickest(line) > limit && quickest(line) > limit && quickest(line) > limit) slow.push(part.slice(0, 20));
      }
    }
    expect(slow).toEqual([]);
  });
});

describe('the lines of a stream', () => {
  const cut = (pieces: Buffer[]): [string, boolean][] => {
    const lines: [string, boolean][] = [];
    const splitter = new LineSplitter((line, overwritten) => lines.push([line.toString(), overwritten]));
    for (const piece of pieces) splitter.push(piece);
    splitter.end();
    return lines;
  };

  it('are the same wherever the pieces begin, also inside a character and between CR and LF', () => {
    const text = Buffer.from(`#précision 1 2\r\n10%\r20%\r\r100%\n\n${'x'.repeat(5000)}\n#ok 1 2\n日本語 last`);
    const whole = cut([text]);
    expect(whole).toEqual([
      ['#précision 1 2', false],
      ['10%', true],
      ['20%', true],
      ['100%', false],
      ['#ok 1 2', false],
      ['日本語 last', false],
    ]);
    for (const size of [1, 2, 3, 7, 64, 4097]) {
      const pieces: Buffer[] = [];
      for (let at = 0; at < text.length; at += size) pieces.push(text.subarray(at, at + size));
      expect(cut(pieces)).toEqual(whole);
    }
  });

  it('go on in another process from the state', () => {
    const lines: string[] = [];
    const first = new LineSplitter((line) => lines.push(line.toString()));
    first.push(Buffer.from('#loss 1 0.5\n#lo'));
    const second = new LineSplitter((line) => lines.push(line.toString()), first.state);
    second.push(Buffer.from('ss 2 0.25\n'));
    expect(lines).toEqual(['#loss 1 0.5', '#loss 2 0.25']);
  });

  it('hold no line in memory that never ends', () => {
    const lines: string[] = [];
    const splitter = new LineSplitter((line) => lines.push(line.toString()));
    for (let i = 0; i < 1000; i++) splitter.push(Buffer.alloc(1000, 'x'));
    expect(splitter.state.carry.length).toBeLessThan(8192);
    splitter.push(Buffer.from('\nnext\n'));
    expect(lines).toEqual(['next']);
  });
});
