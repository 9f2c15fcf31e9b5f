import { createHash } from 'node:crypto';
import { appendFileSync, mkdtempSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeHeader, HEADER_BYTES, MAX_FRAME_BYTES } from '../../journal/spool-format.js';
import { SpoolWriter } from '../../supervisor/spool-writer.js';
import { SpoolReader } from './spool-reader.js';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mle-spool-'));
  path = join(folder, 'spool');
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const ignore = (): void => undefined;
const writer = (quota = 1e9): SpoolWriter => new SpoolWriter(path, quota, ignore, ignore);
const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** All bytes from the reader's position on, in chunks of at most `max`. */
async function rest(reader: SpoolReader, max: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  for (let chunk = await reader.read(max); chunk !== null; chunk = await reader.read(max)) {
    expect(chunk.bytes.length).toBeLessThanOrEqual(max);
    expect(chunk.segments.reduce((sum, [length]) => sum + length, 0)).toBe(chunk.bytes.length);
    parts.push(chunk.bytes);
  }
  return Buffer.concat(parts);
}

/** Pieces of many sizes, larger than a frame too. */
function pieces(): Buffer[] {
  return Array.from({ length: 400 }, (_, i) => Buffer.alloc((i * 7919) % 90_000 || 1, `${i} `));
}

test('reads back what was written, from any offset, in any step, with one hash @full', async () => {
  const spool = writer();
  const all = pieces();
  all.forEach((piece, i) => spool.append(i % 2 === 0 ? 'stdout' : 'stderr', piece));
  await spool.close();
  const whole = Buffer.concat(all);
  expect(spool.bytes).toBe(whole.length);
  const reader = new SpoolReader(path);
  await reader.seek(5_000_000);
  expect(reader.position).toBe(5_000_000);
  expect((await rest(reader, 65_536)).equals(whole.subarray(5_000_000))).toBe(true);
  for (const offset of [0, 1, 65_536, 1_048_577, whole.length - 1]) {
    await reader.seek(offset);
    expect((await rest(reader, 10_007)).equals(whole.subarray(offset))).toBe(true);
  }
  expect(await reader.digest(whole.length)).toBe(sha256(whole));
  expect(await reader.digest(whole.length + 1)).toBeNull();
  reader.close();
});

test('has the largest frame at the first reading', async () => {
  const spool = writer();
  spool.note('system', 'Running\n');
  spool.append('stdout', Buffer.alloc(MAX_FRAME_BYTES, 'x'));
  await spool.close();
  const reader = new SpoolReader(path);
  expect((await reader.read(1024 * 1024))?.bytes.length).toBe(8 + MAX_FRAME_BYTES);
  reader.close();
});

test('keeps the streams and their order', async () => {
  const spool = writer();
  spool.note('system', 'first\n');
  spool.append('stdout', Buffer.from('a'));
  spool.append('stderr', Buffer.from('b'));
  spool.append('stdout', Buffer.from('c'));
  await spool.close();
  const reader = new SpoolReader(path);
  const chunk = await reader.read(65_536);
  expect(chunk?.segments.map(([length, stream]) => [length, stream])).toEqual([
    [6, 2],
    [1, 0],
    [1, 1],
    [1, 0],
  ]);
  reader.close();
});

test('sees what comes while it reads, and no part of a frame before its end', async () => {
  const spool = writer();
  spool.append('stdout', Buffer.from('one'));
  await spool.flush();
  const reader = new SpoolReader(path);
  expect((await rest(reader, 100)).toString()).toBe('one');
  appendFileSync(path, Buffer.from('MLF'));
  expect(await reader.read(100)).toBeNull();
  truncateSync(path, HEADER_BYTES + 3);
  spool.append('stdout', Buffer.from('two'));
  await spool.close();
  expect((await rest(reader, 100)).toString()).toBe('two');
  expect(await reader.digest(6)).toBe(sha256(Buffer.from('onetwo')));
  reader.close();
});

test('takes nothing of a frame that found the disk full and was cut back for what came after it', async () => {
  const spool = writer();
  spool.append('stdout', Buffer.from('one'));
  await spool.flush();
  const reader = new SpoolReader(path);
  expect((await rest(reader, 100)).toString()).toBe('one');
  appendFileSync(path, Buffer.concat([encodeHeader('stdout', 100, 0), Buffer.alloc(50, 'x')]));
  expect(await reader.read(100)).toBeNull();
  truncateSync(path, HEADER_BYTES + 3);
  spool.append('stderr', Buffer.from('two'));
  await spool.flush();
  expect((await reader.read(100))?.bytes.toString()).toBe('two');
  appendFileSync(path, Buffer.concat([encodeHeader('stdout', 100, 0), Buffer.alloc(50, 'x')]));
  expect(await reader.read(100)).toBeNull();
  truncateSync(path, 2 * (HEADER_BYTES + 3));
  spool.append('stderr', Buffer.from('three'));
  spool.append('stdout', Buffer.alloc(200, '.'));
  await spool.close();
  expect((await rest(reader, 100)).toString()).toBe(`three${'.'.repeat(200)}`);
  reader.close();
});

test('takes no whole frame that was cut back with the one that found the disk full', async () => {
  const spool = writer();
  spool.append('stdout', Buffer.from('one'));
  await spool.flush();
  const cut = [encodeHeader('system', 6, 0), Buffer.from('marker'), encodeHeader('stdout', 100, 0), Buffer.from('.')];
  appendFileSync(path, Buffer.concat(cut));
  const reader = new SpoolReader(path);
  expect((await reader.read(100, 3))?.bytes.toString()).toBe('one');
  truncateSync(path, HEADER_BYTES + 3);
  spool.append('stderr', Buffer.from('another'));
  await spool.close();
  expect((await reader.read(100, spool.bytes))?.bytes.toString()).toBe('another');
  expect(await reader.digest(10)).toBe(sha256(Buffer.from('oneanother')));
  reader.close();
});

test('a frame that a crash tore is cut off, and the spool goes on', async () => {
  const spool = writer();
  spool.append('stdout', Buffer.from('whole'));
  spool.append('stdout', Buffer.from('torn by a crash'));
  await spool.close();
  truncateSync(path, statSync(path).size - 4);
  const next = writer();
  expect(next.bytes).toBe(5);
  next.append('stderr', Buffer.from(' again'));
  await next.close();
  const reader = new SpoolReader(path);
  expect((await rest(reader, 100)).toString()).toBe('whole again');
  reader.close();
});

test('the quota counts on when the spool is opened again', async () => {
  const spool = writer(10);
  spool.note('system', 'not counted');
  spool.append('stdout', Buffer.from('12345678'));
  await spool.close();
  const next = writer(10);
  next.append('stdout', Buffer.from('90abc'));
  next.append('stderr', Buffer.from('0123456789'));
  await next.finish();
  await next.close();
  const reader = new SpoolReader(path);
  const text = (await rest(reader, 65_536)).toString();
  expect(text).toMatch(/^not counted1234567890\n.*quota of 10 bytes/);
  expect(text).toMatch(
    /\n3 bytes of output are missing here, from byte 10 to 13 of what the program wrote.*\n0123456789$/,
  );
  reader.close();
});

test('nothing is missing where what passes the quota fits into the end that is kept', async () => {
  const spool = writer(10);
  for (const byte of 'one and two') spool.append('stdout', Buffer.from(byte));
  await spool.finish();
  await spool.close();
  const reader = new SpoolReader(path);
  const text = (await rest(reader, 65_536)).toString();
  expect(text).toMatch(/^one and tw\n.*quota of 10 bytes.*\no$/);
  reader.close();
});

test('says so when a spool is damaged in the middle', async () => {
  const spool = writer();
  spool.append('stdout', Buffer.from('fine'));
  await spool.close();
  appendFileSync(path, Buffer.alloc(64));
  const reader = new SpoolReader(path);
  await expect(rest(reader, 100)).rejects.toThrow(`The spool is damaged at byte ${HEADER_BYTES + 4}.`);
  reader.close();
});
