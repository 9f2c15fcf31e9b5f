import { LIMITS } from '@mle/protocol';
import { corpus } from './corpus/corpus.js';
import { droppedPoints, OutputReader, type ReaderState } from './output-reader.js';
import { compilePattern, type Pattern } from './patterns.js';
import { NO_RULES, type ReadingRules } from './reading-rules.js';
import type { SeriesPoints } from './series.js';

function joined(parts: SeriesPoints[]): Record<string, unknown> {
  const all: Record<string, SeriesPoints> = {};
  for (const { name, axis, x, y } of parts) {
    const series = (all[name] ??= { name, axis, x: [], y: [], time: [] });
    series.x.push(...x);
    series.y.push(...y);
  }
  return all;
}

/** Reads in pieces; after each piece another reader goes on from what the state is as JSON. */
function read(
  bytes: Buffer,
  sizes: () => number,
  patterns: Pattern[] = [],
): { points: unknown; finals: unknown; series: unknown } {
  const parts: SeriesPoints[] = [];
  const rules = { ...NO_RULES, patterns };
  let reader = new OutputReader({ rules });
  for (let at = 0; at < bytes.length;) {
    const to = at + sizes();
    reader.push(bytes.subarray(at, to), 0, 1);
    parts.push(...reader.take());
    at = to;
    reader = new OutputReader({ state: JSON.parse(JSON.stringify(reader.state)) as ReaderState, rules });
  }
  reader.end();
  parts.push(...reader.take());
  return { points: joined(parts), finals: reader.finals, series: reader.series };
}

/** Pseudo-random numbers, the same in each run. */
function random(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 1_103_515_245 + 12_345) % 2_147_483_648) / 2_147_483_648;
}

const text = (reader: OutputReader, ...lines: string[]): void =>
  lines.forEach((line) => reader.push(Buffer.from(`${line}\n`), 0, 7));
const pattern = (source: string): Pattern => {
  const compiled = compilePattern(source);
  if (typeof compiled === 'string') throw new Error(compiled);
  return compiled;
};

describe('the reader', () => {
  it('makes the same points of the same bytes, however they are cut, and from a stored state', () => {
    for (const { output, style } of corpus) {
      const bytes = Buffer.from(output);
      const whole = read(bytes, () => bytes.length);
      const next = random(style.length);
      for (const sizes of [() => 1, () => 7, () => 1 + Math.floor(next() * 300)]) {
        if (bytes.length > 6_000 && sizes() === 1) continue;
        expect({ style, ...read(bytes, sizes) }).toEqual({ style, ...whole });
      }
    }
  });

  it('stamps a point by the piece that ends its line, and tells the streams apart', () => {
    const reader = new OutputReader();
    reader.push(Buffer.from('#loss 1 '), 0, 10);
    reader.push(Buffer.from('#warn 1 7\n'), 1, 11);
    reader.push(Buffer.from('#ours 1 1\n'), 2, 11);
    reader.push(Buffer.from('0.5\n'), 0, 12);
    expect(reader.take()).toEqual([
      { name: 'warn', axis: 'step', x: [1], y: [7], time: [11] },
      { name: 'loss', axis: 'step', x: [1], y: [0.5], time: [12] },
    ]);
    expect(reader.take()).toEqual([]);
  });

  it('shares the epoch between the streams', () => {
    const reader = new OutputReader();
    reader.push(Buffer.from('Epoch 1\n'), 0, 1);
    reader.push(Buffer.from('loss: 0.5\n'), 1, 1);
    reader.push(Buffer.from('Epoch 2\n'), 0, 1);
    reader.push(Buffer.from('loss: 0.4\n'), 1, 1);
    expect(reader.take()).toMatchObject([{ name: 'loss', axis: 'epoch', x: [1, 2], y: [0.5, 0.4] }]);
  });

  it('counts a name once on a line', () => {
    const reader = new OutputReader();
    text(reader, `iter 1${' a=1'.repeat(2_000)}`);
    expect(reader.take()).toMatchObject([{ name: 'a', x: [1], y: [1] }]);
  });

  it('sums up; what is not finite counts as the last alone', () => {
    const reader = new OutputReader();
    text(reader, '#a 1 3', '#a 2 -1', '#a 3 nan');
    expect(reader.series).toEqual([
      { name: 'a', axis: 'step', form: 'explicit', count: 3, last: null, min: -1, max: 3, step: 3, low: 1, high: 3 },
    ]);
  });

  it('keeps one series of a number that is printed in two forms', () => {
    const reader = new OutputReader();
    text(reader, '#loss 1 0.5', 'epoch 1 loss=0.5 accuracy=0.9');
    expect(reader.take().map(({ name, x }) => [name, x.length])).toEqual([
      ['loss', 1],
      ['accuracy', 1],
    ]);
  });

  it('keeps the series that are printed most, the plainer ones of as many, and says how many it left', () => {
    const reader = new OutputReader();
    for (let k = 0; k < 3; k++)
      for (let s = 0; s < 3; s++)
        text(reader, `step=${s} ${Array.from({ length: 100 }, (_, i) => `task${k * 100 + i}/acc=0.5`).join(' ')}`);
    for (let s = 0; s < 3; s++) text(reader, `step=${s} loss=1`);
    for (let s = 3; s < 9; s++) text(reader, `step=${s} task250/acc=1`);
    const names = reader.series.map(({ name }) => name);
    expect(names).toHaveLength(LIMITS.metricSeries);
    expect(names).toEqual(expect.arrayContaining(['loss', 'task250/acc', 'task0/acc']));
    expect(droppedPoints(reader.state)).toBe(101 * 3);
  });

  it('lacks only whole lines when some are passed over', () => {
    const reader = new OutputReader();
    reader.push(Buffer.from('#a 1 1\n#a 2 '), 0, 1);
    reader.skip(100);
    reader.push(Buffer.from('2\n#a 3 3\n'), 0, 1);
    expect(reader.take()).toMatchObject([{ x: [1, 3], y: [1, 3] }]);
    expect(reader.sampled).toBe(true);
  });

  it('reads lines of 64 KB, and of longer ones the beginning', () => {
    const reader = new OutputReader();
    text(
      reader,
      `step=1 first=1 ${'x'.repeat(60_000)} last=2`,
      `step=2 first=1 ${'x'.repeat(70_000)} last=2`,
      'step=3 first=3',
    );
    expect(reader.take().map(({ name, x }) => [name, x])).toEqual([
      ['first', [1, 2, 3]],
      ['last', [1]],
    ]);
    expect(reader.state.streams[0]?.screen.cut).toBe(1);
  });

  it('holds no line in memory that never ends', () => {
    const reader = new OutputReader();
    for (let i = 0; i < 1_000; i++) reader.push(Buffer.alloc(1_000, 'x'), 0, 1);
    expect(JSON.stringify(reader.state).length).toBeLessThan(100_000);
    text(reader, '', '#a 1 1');
    expect(reader.take()).toMatchObject([{ name: 'a' }]);
  });

  it('says from which line a value was read, and where it stands', () => {
    const reader = new OutputReader();
    text(reader, 'hello', 'epoch 1 loss=0.5', 'epoch 2 loss=0.25 acc=0.9', 'Test accuracy: 0.91');
    const [loss, , test] = reader.foundIn;
    expect(loss).toEqual({
      name: 'loss',
      source: { text: 'epoch 2 loss=0.25 acc=0.9', cut: false, from: 13, to: 17, end: 48 },
    });
    expect(test?.source.text.slice(test.source.from, test.source.to)).toBe('0.91');
  });

  it('shows of a long line the part around the number', () => {
    const reader = new OutputReader();
    text(reader, `epoch 1 ${'word '.repeat(200)} loss=0.123 ${'word '.repeat(200)}`);
    const source = reader.foundIn[0]?.source;
    expect(source?.text.length).toBeLessThan(200);
    expect(source?.text.slice(source.from, source.to)).toBe('0.123');
    expect(source?.cut).toBe(true);
  });

  it('decides at the end what was a final value', () => {
    const reader = new OutputReader();
    text(reader, 'epoch 1 loss=0.5', 'Accuracy: 0.8');
    expect(reader.series.map(({ name }) => name)).toEqual(['loss']);
    expect(reader.finals).toEqual({ Accuracy: 0.8 });
    text(reader, 'epoch 2 loss=0.4', 'Accuracy: 0.9');
    expect(reader.series.map(({ name }) => name)).toEqual(['loss', 'Accuracy']);
    expect(reader.finals).toEqual({});
    text(reader, 'Accuracy: 0.95');
    expect(reader.finals).toEqual({ Accuracy: 0.95 });
  });
});

describe("the project's patterns", () => {
  it('name what the lines do not', () => {
    const reader = new OutputReader({
      rules: { ...NO_RULES, patterns: [pattern('best so far: {best_val_loss} at epoch {x}')] },
    });
    text(
      reader,
      'epoch 10 loss=0.2',
      '  best so far:   0.2850 at epoch 10',
      'best so far: 0.1820 at epoch 20',
      'best so far: nothing',
    );
    expect(reader.take().map(({ name, axis, x, y }) => ({ name, axis, x, y }))).toEqual([
      { name: 'loss', axis: 'epoch', x: [10], y: [0.2] },
      { name: 'best_val_loss', axis: 'epoch', x: [10, 20], y: [0.285, 0.182] },
    ]);
  });

  it('take the numbers that they name from the other rules', () => {
    const reader = new OutputReader({ rules: { ...NO_RULES, patterns: [pattern('loss={training loss} acc')] } });
    text(reader, 'epoch 1 loss=0.5 acc=0.9', 'epoch 2 loss=0.4 acc=0.8');
    expect(reader.series.map(({ name, axis, count }) => [name, axis, count])).toEqual([
      ['training loss', 'index', 2],
      ['acc', 'epoch', 2],
    ]);
  });

  it.each([
    ['no hole', 'no hole'],
    ['step {x}', 'no name'],
    ['{a}', 'no text'],
    ['{a}{b} c', 'holes without text between them'],
    ['{a} and {a}', 'a hole twice'],
    ['loss {a', 'an open brace'],
    ['x'.repeat(400), 'too long'],
  ])('%j is none: %s', (source, problem) => {
    expect(compilePattern(source)).toBe(problem);
  });

  it('may pass over words', () => {
    const reader = new OutputReader({ rules: { ...NO_RULES, patterns: [pattern('{_}|{x}|Loss {l} done')] } });
    text(reader, 'abc|12|Loss 0.5 done');
    expect(reader.take()).toMatchObject([{ name: 'l', x: [12], y: [0.5] }]);
  });
});

describe('what a project changes', () => {
  const read = (rules: Partial<ReadingRules>, ...lines: string[]) => {
    const reader = new OutputReader({ rules: { ...NO_RULES, ...rules } });
    reader.push(Buffer.from(lines.join('\n')), 0, 1);
    reader.end();
    return reader;
  };
  const printed = ['step=10 loss=0.5 acc=0.1', 'step=20 loss=0.25 acc=0.2', 'Test accuracy: 0.9', 'Test loss: 0.3'];

  it('names, hides and places anew', () => {
    const reader = read(
      {
        hidden: ['acc', 'Test loss'],
        renamed: [
          ['loss', 'train/loss'],
          ['Test accuracy', 'test'],
        ],
        axes: [['loss', 'index']],
      },
      ...printed,
    );
    expect(reader.take()).toEqual([{ name: 'train/loss', axis: 'index', x: [0, 1], y: [0.5, 0.25], time: [1, 1] }]);
    expect(reader.series).toMatchObject([{ name: 'train/loss', raw: 'loss', count: 2 }]);
    expect(reader.finals).toEqual({ test: 0.9 });
    expect(reader.foundIn.map(({ name }) => name)).toEqual(['loss', 'acc', 'Test accuracy', 'Test loss']);
    expect(droppedPoints(reader.state)).toBe(0);
  });

  it('never makes one series of two', () => {
    const reader = read({ renamed: [['acc', 'loss']] }, ...printed.slice(0, 2));
    expect(reader.series.map(({ name, last }) => [name, last])).toEqual([
      ['loss', 0.25],
      ['acc', 0.2],
    ]);
  });
});
