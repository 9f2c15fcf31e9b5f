import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { until } from '@mle/testing';
import { pino } from 'pino';
import {
  plainImage,
  plainScalar,
  recordOf,
  repeatedImage,
  shortTensor,
  tensorImages,
  tensorScalar,
} from '../../../test/event-file-writer.js';
import { BY_SUMMARY_WRITER } from '../../../test/summary-writer.js';
import { EventWatch } from './event-watch.js';

const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 1, 2, 3]);
const FILE = 'runs/a/events.out.tfevents.1.host.2.0';

let top: string;
/** What is in the spool. */
let lines: string[];
let told: string[];

beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'mle-events-'));
  lines = [];
  told = [];
});

afterEach(() => rmSync(top, { recursive: true }));

async function* spool(): AsyncGenerator<string> {
  for (const line of lines) yield await Promise.resolve(line);
}

function begin(since = 0): EventWatch {
  const watch = new EventWatch(
    () => ({ roots: [{ folder: join(top, 'workspace'), name: '', uid: null }], since }),
    {
      write: async (text) => void lines.push(...(await Promise.resolve(text.trimEnd().split('\n')))),
      tell: async (text) => void told.push(await Promise.resolve(text)),
    },
    join(top, 'pictures'),
    pino({ level: 'silent' }),
    new AbortController().signal,
  );
  watch.start(spool);
  return watch;
}

function append(bytes: Uint8Array, path = FILE): void {
  const whole = join(top, 'workspace', path);
  mkdirSync(dirname(whole), { recursive: true });
  appendFileSync(whole, bytes);
}

/** Names, steps and values, as far as they are known. */
const points = (): unknown[][] =>
  lines.filter((line) => line.startsWith('[')).map((line) => (JSON.parse(line) as unknown[]).slice(0, 3));

test('reads scalars in both forms while the file grows, with a record that comes in two parts', async () => {
  append(recordOf(Buffer.from('brain.Event:2')));
  append(plainScalar('loss', 0, 0.5, 1_700_000_000.25));
  const watch = begin();
  await until('the first point is there', () => points().length === 1);
  expect(lines).toEqual([expect.stringContaining(FILE), '["loss",0,0.5,1700000000250]']);
  const late = tensorScalar('accuracy', 1, 0.25, 'scalars');
  append(late.subarray(0, 30));
  append(late.subarray(30));
  append(tensorScalar('accuracy', 2, 0.75, null));
  append(tensorScalar('weights', 2, 0.75, 'histograms'));
  append(plainScalar('loss', 2, Number.NaN));
  append(plainScalar('loss', 3, 1).subarray(0, -1));
  await watch.finish();
  expect(points()).toEqual([
    ['loss', 0, 0.5],
    ['accuracy', 1, 0.25],
    ['accuracy', 2, 0.75],
    ['loss', 2, 'NaN'],
  ]);
  expect(told).toEqual([]);
});

test.each(['bytes', 'field'] as const)('reads numbers of half precision, told as %s', async (form) => {
  // What `numpy.array(y, dtype=…).view('uint16')` says for each.
  const half = [0x3800, 0xc100, 0x0001, 0x7bff, 0x7c00, 0xfc00, 0x7e00, 0x0000];
  const bfloat = [0x3f00, 0xc020, 0x3dcd, 0x7f80, 0x7fc0];
  half.forEach((bits, step) => append(shortTensor('half', step, 19, bits, form)));
  bfloat.forEach((bits, step) => append(shortTensor('bfloat', step, 14, bits, form)));
  await begin().finish();
  expect(points().map(([name, , y]) => [name, y])).toEqual([
    ...[0.5, -2.5, 2 ** -24, 65_504, 'Infinity', '-Infinity', 'NaN', 0].map((y) => ['half', y]),
    ...[0.5, -2.5, 0.10009765625, 'Infinity', 'NaN'].map((y) => ['bfloat', y]),
  ]);
});

test('a worker that follows writes no point twice, and none is missing', async () => {
  append(tensorScalar('loss', 0, 1, 'scalars'));
  await Promise.all([begin()].map((watch) => watch.finish()));
  append(tensorScalar('loss', 1, 2, null));
  await begin().finish();
  append(tensorScalar('loss', 2, 3, null));
  await begin().finish();
  expect(points()).toEqual([
    ['loss', 0, 1],
    ['loss', 1, 2],
    ['loss', 2, 3],
  ]);
});

test('keeps pictures by tag and step, wherever their tag points to', async () => {
  append(plainImage('digits/first', 3, PNG));
  append(tensorImages('../../up', 4, [PNG, PNG]));
  append(plainImage('none', 5, Buffer.from('no picture')));
  await begin().finish();
  const kept = readdirSync(join(top, 'pictures'), { recursive: true, withFileTypes: true });
  expect(
    kept
      .filter((entry) => entry.isFile())
      .map(({ name }) => name)
      .sort(),
  ).toEqual(['first-3.png', 'up-4.png', 'up_1-4.png']);
  expect(readFileSync(join(top, 'pictures/digits/first-3.png'))).toEqual(PNG);
});

test('what is damaged ends a file with a word; a wrong record alone is passed by', async () => {
  const wrong = plainScalar('loss', 1, 1);
  wrong.writeUInt8(wrong.readUInt8(20) ^ 1, 20);
  append(plainScalar('loss', 0, 0));
  append(wrong);
  append(recordOf(Buffer.from([0xff, 0xff, 0xff, 0xff])));
  append(plainScalar('loss', 2, 2));
  append(Buffer.alloc(64));
  append(plainScalar('loss', 3, 3));
  await begin().finish();
  expect(points()).toEqual([
    ['loss', 0, 0],
    ['loss', 2, 2],
  ]);
  expect(told).toEqual([expect.stringMatching(/is damaged at byte \d+: its curves end there/)]);
});

test('a record without end, a link and files of before are not read', async () => {
  append(recordOf(Buffer.alloc(8), 2n ** 50n), 'endless.tfevents');
  append(plainScalar('old', 0, 0), 'kept/tfevents.old');
  writeFileSync(join(top, 'secret'), plainScalar('secret', 0, 0));
  symlinkSync(join(top, 'secret'), join(top, 'workspace/tfevents.link'));
  await begin(Date.now() + 60_000).finish();
  expect(points()).toEqual([]);
  append(plainScalar('new', 0, 0), 'kept/tfevents.new');
  await begin().finish();
  expect(points().map(([name]) => name)).toEqual(['new', 'old']);
});

test('hostile records cost what they hold and no more, and what follows them is read', async () => {
  append(tensorScalar('other', 0, 1, 'x'.repeat(1024 * 1024)));
  append(repeatedImage('often', 0, [...new Array<Uint8Array>(50_000).fill(new Uint8Array()), PNG]));
  append(plainImage('学'.repeat(100), 1, PNG));
  append(plainImage('a', 1, PNG));
  append(plainImage('a-1.png/below', 1, PNG));
  append(recordOf(Buffer.alloc(3 * 1024 * 1024, 0xff)));
  append(plainScalar('__proto__', 2, 2));
  append(plainScalar('a.b$', 2, 3));
  await begin().finish();
  expect(points()).toEqual([
    ['__proto__', 2, 2],
    ['a.b$', 2, 3],
  ]);
  expect(readdirSync(join(top, 'pictures')).sort()).toEqual(['a-1.png', 'often-0.png']);
  expect(told).toEqual([]);
});

test('folders tell curves of one name apart', async () => {
  for (const folder of ['logs/run/train', 'logs/run/validation', 'logs/other/train', 'logs/other'])
    append(plainScalar('loss', 0, 0), `${folder}/x.tfevents`);
  await begin().finish();
  expect(points().map(([name]) => name)).toEqual(['train/loss', 'other/loss', 'run/train/loss', 'validation/loss']);
});

test('reads what SummaryWriter writes', async () => {
  for (const [folder, content] of Object.entries(BY_SUMMARY_WRITER))
    append(Buffer.from(content, 'base64'), join('runs', folder, 'events.out.tfevents.1'));
  await begin().finish();
  const near = (y: number): unknown => expect.closeTo(y, 6) as unknown;
  expect(points()).toEqual([
    ['Loss/train', 0, 1],
    ['Loss/train', 1, 0.5],
    ['Loss/train', 2, near(1 / 3)],
    ['Accuracy', 0, 0.5],
    ['Accuracy', 1, near(0.6)],
    ['Accuracy', 2, near(0.7)],
    ['pair_a/pair', 0, 1],
    ['pair_a/pair', 1, 1.5],
    ['pair_b/pair', 0, 2],
    ['pair_b/pair', 1, 2.5],
  ]);
  expect(readdirSync(join(top, 'pictures'))).toEqual(['digits-2.png']);
});
