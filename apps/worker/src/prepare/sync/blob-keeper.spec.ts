import { hash } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '../../base/logger.js';
import { BlobCache } from './blob-cache.js';
import { BlobKeeper } from './blob-keeper.js';

const KIB = 1024;
const log = createLogger('worker', 'silent');
let folder: string;
let cache: BlobCache;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mle-keeper-'));
  cache = new BlobCache(folder);
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Adds blobs of 1 KiB that were last used so many hours ago; 16 and more lie in one pack. */
function add(count: number, hoursAgo: number): string[] {
  const blobs = Array.from({ length: count }, (_, n) => {
    const bytes = Buffer.alloc(KIB, `${hoursAgo} ${n} `);
    return { sha256: hash('sha256', bytes), bytes };
  });
  cache.add(blobs);
  const at = Date.now() / 1000 - hoursAgo * 3600;
  for (const { sha256 } of blobs) utimesSync(cache.fileOf(sha256) ?? '', at, at);
  return blobs.map(({ sha256 }) => sha256);
}

const there = (hashes: string[]): boolean[] => hashes.map((sha256) => cache.has(sha256));

test('what was not used for longest goes first, until a tenth is free', async () => {
  const [oldest, pack, young] = [add(5, 30), add(20, 20), add(5, 10)];
  const packFile = cache.fileOf(pack[0] ?? '') ?? '';
  const state = (): string[] => [oldest, pack, young].map((hashes) => [...new Set(there(hashes))].join());
  await new BlobKeeper(cache, 40 * KIB, log).prune();
  expect(state()).toEqual(['true', 'true', 'true']);
  await new BlobKeeper(cache, 30 * KIB, log).prune();
  expect(state()).toEqual(['false', 'true', 'true']);
  await new BlobKeeper(cache, 6 * KIB, log).prune();
  expect([...state(), existsSync(packFile)]).toEqual(['false', 'false', 'true', false]);
  // The next worker finds the same.
  cache = new BlobCache(folder);
  expect(state()).toEqual(['false', 'false', 'true']);
});

test('what an attempt may need stays until it is over, and counts as used then', async () => {
  const [pack, file, young] = [add(20, 30), add(1, 20), add(5, 10)];
  const keeper = new BlobKeeper(cache, 0, log);
  keeper.keep('attempt', [...pack.slice(0, 1), ...file]);
  await keeper.prune();
  expect([...new Set(there([...pack, ...file])), ...new Set(there(young))]).toEqual([true, false]);
  keeper.release('attempt');
  const later = add(5, 1);
  await new BlobKeeper(cache, 27 * KIB, log).prune();
  expect([...new Set(there([...pack, ...file])), there(later).includes(false)]).toEqual([true, true]);
  await keeper.prune();
  expect(new Set(there([...pack, ...file, ...later]))).toEqual(new Set([false]));
});

test('a beginning that nobody goes on with goes too, and one that an attempt waits for stays', async () => {
  const [dropped, wanted] = ['a'.repeat(64), 'b'.repeat(64)];
  for (const sha256 of [dropped, wanted]) {
    const blob = await cache.receive(sha256, 0);
    await blob.write(Buffer.alloc(KIB));
    await blob.interrupt();
  }
  const keeper = new BlobKeeper(cache, 0, log);
  keeper.keep('attempt', [wanted]);
  await keeper.prune();
  expect([...(await cache.partialSizes()).keys()]).toEqual([wanted]);
});
