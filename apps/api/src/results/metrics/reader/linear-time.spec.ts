import { OutputReader } from './output-reader.js';
import { compilePattern, type Pattern } from './patterns.js';
import { NO_RULES } from './reading-rules.js';

const ESC = String.fromCharCode(27);
const BACKSPACE = String.fromCharCode(8);
const KB = 1024;
/** Less of everything in the quick tests. */
const FULL = process.env['MLE_TEST_FULL'] === '1';
const LARGE = (FULL ? 1024 : 256) * KB;
const MIXES = FULL ? 40 : 10;

/** Texts that make a careless scanner look at the same characters again and again. */
const PREFIXES = [
  'epoch',
  'epoch ',
  'epoch 1 ',
  '=',
  ':',
  '[',
  ']',
  '(',
  ')',
  '[1, ',
  'a=1 ',
  'a=1,',
  'loss=',
  'loss: 1 ',
  'loss ',
  'loss 0.5 | ',
  'val ',
  'train loss ',
  '1',
  '1,',
  '1,234',
  '1.',
  '.',
  '-',
  '+',
  '0x',
  '1e',
  '9'.repeat(50),
  '12:30 ',
  '1/2/',
  '1 / ',
  '5%|',
  '%|',
  ' ',
  '\t',
  '"',
  "'",
  '{',
  '{"',
  "{'a': ",
  '{a:',
  '{"a":1,',
  '}',
  '[{',
  '{"a":[',
  "{'a': tensor(",
  '│',
  '┃ a ',
  '|',
  '| a | 1 |',
  '━',
  '█',
  ESC,
  `${ESC}[`,
  `${ESC}[1`,
  `${ESC}[A`,
  `${ESC}[2K`,
  `${ESC}]`,
  `a${ESC}[5D`,
  '\r',
  '\rloss 1',
  BACKSPACE,
  `aaaa${BACKSPACE.repeat(4)}`,
  `epoch 1 loss=1${BACKSPACE.repeat(20)}`,
  '#',
  '#a ',
  '#a 1 ',
  'a.',
  'a/',
  'a-',
  'a@',
  'a@1.',
  "a's ",
  'Accuracy of ',
  'is ',
  'tensor(',
  'a(',
  'a(b=',
  '_',
  'x'.repeat(99),
  'é',
  '日',
  '->',
  '--> ',
  '~',
  '/',
  '/a',
  '../',
  'http://',
  'a.py:1',
  '@[',
  '] =',
  '[CV',
  ';, score=(',
  '***',
  '- ',
  '1/2 [=',
  'best so far: ',
  'at epoch ',
  '2026-',
  '[2026-11-28] ',
  'INFO ',
  'INFO:a:',
  '%',
  ',',
  ';',
  '\u{1f600}',
  '\u0000',
];

const pattern = compilePattern('best so far: {best} at epoch {x}') as Pattern;
const passing = compilePattern('{_} at {x} loss {loss}') as Pattern;

function time(bytes: Buffer): number {
  const reader = new OutputReader({ rules: { ...NO_RULES, patterns: [pattern, passing] } });
  const start = process.cpuUsage();
  for (let at = 0; at < bytes.length; at += 64 * KB) {
    reader.push(bytes.subarray(at, at + 64 * KB), 0, 1);
    reader.take();
  }
  reader.end();
  // Not the time that passes: on a busy computer the work waits.
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

/**
 * The least of several measures, since compiling and collecting only add; no more of them than it takes to be below the
 * bound.
 */
function least(bytes: Buffer, bound: number): number {
  let best = Number.POSITIVE_INFINITY;
  for (let tries = 0; tries < 12 && best > bound; tries++) best = Math.min(best, time(bytes));
  return best;
}

const filled = (text: string, size: number): Buffer => Buffer.alloc(size, Buffer.from(text));

describe('whatever is printed', () => {
  beforeAll(() => {
    for (let i = 0; i < 20; i++) for (const prefix of PREFIXES.slice(0, 40)) time(filled(prefix, 4 * KB));
  });

  it.each(PREFIXES.map((prefix) => [JSON.stringify(prefix).slice(0, 30), prefix]))(
    '%s again and again takes linear time',
    (_, prefix) => {
      expect(least(filled(prefix, 4 * KB), 5)).toBeLessThan(5);
      // Without a line feed only the first 64 KB are read; with them, all.
      const line = `${filled(prefix, 4 * KB - 1).toString('latin1')}\n`;
      for (const text of [filled(prefix, LARGE), Buffer.from(line.repeat(LARGE / (4 * KB)), 'latin1')])
        expect(least(text, (LARGE / (4 * KB)) * 5)).toBeLessThan((LARGE / (4 * KB)) * 5);
      const [small, large] = [filled(prefix, LARGE / 16), filled(prefix, LARGE)];
      const base = Math.max(5, least(small, 0));
      expect(least(large, base * 16 * 3)).toBeLessThan(base * 16 * 3);
    },
  );

  it('mixes of all of them take linear time', () => {
    let state = 1;
    const next = (): number => (state = (state * 48_271) % 2_147_483_647);
    for (let mix = 0; mix < MIXES; mix++) {
      const parts = Array.from({ length: 1 + (next() % 4) }, () => PREFIXES[next() % PREFIXES.length] ?? '');
      const text = parts.join('');
      expect([text, least(filled(text, 4 * KB), 5) < 5]).toEqual([text, true]);
      expect([text, least(filled(`${text}\n`, 256 * KB), 64 * 5) < 64 * 5]).toEqual([text, true]);
    }
  });

  it('the line that held the server for half a minute is nothing', () => {
    const line = `epoch${' '.repeat(4_070)}=\n`;
    expect(least(Buffer.from(`${line.repeat(200)}epoch 1 loss=0.5\n`), 200)).toBeLessThan(200);
  });
});
