import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SmallBlob } from './blob-packs.js';
import { BlobPacks } from './blob-packs.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mle-packs-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function blob(text: string): SmallBlob {
  return { sha256: createHash('sha256').update(text).digest('hex'), bytes: Buffer.from(text) };
}
const blobs = ['one', '', 'three\0', 'ö'].map(blob);
const onlyPack = (): string => join(folder, readdirSync(folder)[0] ?? '');

test('what was added is there, also for the next process', () => {
  new BlobPacks(folder).add(blobs);
  const packs = new BlobPacks(folder);
  for (const { sha256, bytes } of blobs) expect(packs.read(sha256)).toEqual(bytes);
  expect(packs.has(blob('two').sha256)).toBe(false);
  expect(packs.read(blob('two').sha256)).toBeNull();
});

test('bytes that changed on the disk are not given out, and are to be fetched again', () => {
  const packs = new BlobPacks(folder);
  packs.add(blobs);
  const bytes = readFileSync(onlyPack());
  bytes.write('ONE', bytes.indexOf('one'));
  writeFileSync(onlyPack(), bytes);
  const [one, , three] = blobs.map(({ sha256 }) => sha256) as [string, string, string];
  expect(packs.has(one)).toBe(true);
  expect(packs.read(one)).toBeNull();
  expect(packs.has(one)).toBe(false);
  expect(packs.read(three)?.toString()).toBe('three\0');
});

test.each([2, 40])('a pack that was cut to %d bytes, and what was being written, are removed', (length) => {
  new BlobPacks(folder).add(blobs);
  truncateSync(onlyPack(), length);
  writeFileSync(join(folder, 'begun.pack.tmp'), 'x');
  const packs = new BlobPacks(folder);
  for (const { sha256 } of blobs) expect(packs.has(sha256)).toBe(false);
  expect(readdirSync(folder)).toEqual([]);
});
