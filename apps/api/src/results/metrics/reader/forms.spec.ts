import { corpus } from './corpus/corpus.js';
import { OutputReader } from './output-reader.js';
import type { SeriesPoints } from './series.js';

/** Fewer of each in the quick tests. */
const SEEDS = Array.from({ length: process.env['MLE_TEST_FULL'] === '1' ? 20 : 2 }, (_, seed) => seed);

/** Pseudo-random whole numbers below a bound, the same in each run. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
}

/** All that is known after the bytes, each piece with its own call. */
function read(pieces: readonly Buffer[]): unknown {
  const reader = new OutputReader();
  const points: Record<string, SeriesPoints> = {};
  for (const piece of pieces) {
    reader.push(piece, 0, 1);
    for (const { name, axis, x, y, time } of reader.take()) {
      const all = (points[name] ??= { name, axis, x: [], y: [], time: [] });
      all.x.push(...x);
      all.y.push(...y);
      all.time.push(...time);
    }
  }
  const { state } = reader;
  reader.end();
  return { points, state, finals: reader.finals, series: reader.series };
}

/** Each line in two pieces: one that comes in pieces is read as a text, whatever form it has. */
function halves(bytes: Buffer): Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    const feed = bytes.indexOf(10, at);
    const end = feed < 0 ? bytes.length : feed;
    if (end > at) pieces.push(bytes.subarray(at, end));
    if (feed >= 0) pieces.push(bytes.subarray(end, end + 1));
    at = end + 1;
  }
  return pieces;
}

/** Other ways in which a program could have printed a number. */
const NUMBERS = [
  '0',
  '7',
  '12',
  '100',
  '12345',
  '1234567890123456789',
  '0.5',
  '3.25',
  '0.6931471805599453',
  '123456.789012345678901234567',
  '1.0',
  '5.',
  '.5',
  '-1',
  '-0.25',
  '-0.0',
  '+2',
  '1e-5',
  '2.5E+10',
  '1e300',
  '1e400',
  '6e-400',
  '00',
  '007',
  '1,234',
  '1_000',
  '3/10',
  '20/20',
  '3 / 4',
  '7/ 9.5',
  '1/2/3',
  '50%',
  '12s',
  '1.5k',
  '3 ms',
  '4 dB',
  '12:30',
  '1.2.3',
  '0x1f',
  'nan',
  'inf',
  '-inf',
  '1e5x',
  '10,20',
];

const NUMBER = /\d+(?:\.\d+)?/g;

describe('lines of a form that was read before say what they say without it', () => {
  const lines = corpus.flatMap(({ output }) => output.split('\n'));

  it.each(SEEDS)('in the corpus, with other numbers (%i)', (seed) => {
    const next = random(seed);
    const number = (was: string): string => {
      const kind = next(8);
      if (kind < 2) return was;
      if (kind < 5) return String(next(10 ** (1 + next(6))));
      return kind < 7 ? (next(1_000_000) / 10 ** next(7)).toFixed(1 + next(6)) : (NUMBERS[next(NUMBERS.length)] ?? '');
    };
    for (const { style, output } of corpus) {
      const own = output.split('\n');
      const text = own
        .slice(0, 60)
        .flatMap((line) => [line, line.replace(NUMBER, number), line.replace(NUMBER, number)])
        .join('\n');
      const bytes = Buffer.from(text);
      expect({ style, text, read: read([bytes]) }).toEqual({ style, text, read: read(halves(bytes)) });
    }
  });

  it('where bytes stand that are no text', () => {
    const lines = Array.from({ length: 256 }, (_, byte) => {
      const line = Buffer.from(`epoch 1 loss=0.25\nepoch ${byte} loss=0 acc=0.5\nepoch 2 loss=0 acc=0.5\n`);
      line[line.lastIndexOf('=0 ') + 1] = byte;
      return line;
    });
    const bytes = Buffer.concat(lines);
    expect(read([bytes])).toEqual(read(halves(bytes)));
  });

  it.each(SEEDS)('in dictionaries, with other numbers (%i)', (seed) => {
    const next = random(200 + seed);
    const keys = ['loss', 'epoch', 'step', 'lr', 'eval_loss', 'trial', 'errors', 'time', 'a: 1, b'];
    for (let kind = 0; kind < 60; kind++) {
      const quote = next(2) === 0 ? '"' : "'";
      const parts = Array.from(
        { length: 1 + next(4) },
        () => `${quote}${keys[next(keys.length)] ?? ''}${quote}: \u0001`,
      );
      const form = `{${parts.join(next(4) === 0 ? ',' : ', ')}}`;
      const number = (): string => (next(2) === 0 ? String(next(1_000)) : (NUMBERS[next(NUMBERS.length)] ?? ''));
      const text = Array.from({ length: 8 }, () => form.replaceAll('\u0001', number)).join('\n');
      const bytes = Buffer.from(`${text}\n`);
      expect({ text, read: read([bytes]) }).toEqual({ text, read: read(halves(bytes)) });
    }
  });

  it.each(SEEDS)('with the lines of all programs mixed (%i)', (seed) => {
    const next = random(100 + seed);
    const mixed = Array.from({ length: 150 }, () => {
      const line = lines[next(lines.length)] ?? '';
      return [line, line.replace(NUMBER, () => NUMBERS[next(NUMBERS.length)] ?? ''), line];
    });
    const bytes = Buffer.from(mixed.flat().join(seed % 2 === 0 ? '\n' : '\r\n'));
    expect(read([bytes])).toEqual(read(halves(bytes)));
  });
});
