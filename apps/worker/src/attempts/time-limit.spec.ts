import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { LimitPassed, TimeLimit } from './time-limit.js';

const HOUR_MS = 3_600_000;
let folder: string;
let record: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mle-limit-'));
  record = join(folder, 'setup.json');
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const { signal } = new AbortController();
const hanging = (within: AbortSignal) => delay(HOUR_MS, undefined, { signal: within });

test('nothing counts before the set-up, and what it took is told to the program', async () => {
  const limit = new TimeLimit(3600, folder);
  expect([limit.spentMs, limit.leftMs]).toEqual([0, HOUR_MS]);
  await limit.during(signal, () => delay(20));
  expect(limit.spentMs).toBeGreaterThanOrEqual(19);
  expect(limit.leftMs).toBeLessThan(HOUR_MS);
});

test('a set-up that hangs ends with the limit', async () => {
  await expect(new TimeLimit(1, folder).during(signal, hanging)).rejects.toThrow(LimitPassed);
});

test('a worker that takes up the attempt goes on counting', async () => {
  await new TimeLimit(3600, folder).during(signal, () => Promise.resolve());
  const { begunAt } = JSON.parse(readFileSync(record, 'utf8')) as { begunAt: number };
  writeFileSync(record, JSON.stringify({ begunAt: begunAt - HOUR_MS / 2 }));
  const next = new TimeLimit(3600, folder);
  await next.during(signal, () => Promise.resolve());
  expect(next.leftMs).toBeLessThanOrEqual(HOUR_MS / 2);
  writeFileSync(record, JSON.stringify({ begunAt: begunAt - HOUR_MS }));
  await expect(new TimeLimit(3600, folder).during(signal, hanging)).rejects.toThrow(
    'The run passed its time limit of 3600 s during its set-up.',
  );
});

test('what fails, or is stopped, within the limit is not called its end', async () => {
  const stop = new AbortController();
  const stopped = new TimeLimit(3600, folder).during(stop.signal, hanging);
  stop.abort(new Error('stopped'));
  await expect(stopped).rejects.not.toThrow(LimitPassed);
  const failed = new TimeLimit(3600, folder).during(signal, () => Promise.reject(new Error('pip failed')));
  await expect(failed).rejects.toThrow('pip failed');
});

test('a limit of a month is longer than a timer, and without one nothing is noted', async () => {
  await new TimeLimit(30 * 86_400, folder).during(signal, () => delay(20));
  rmSync(record);
  const none = new TimeLimit(null, folder);
  await none.during(signal, () => delay(1));
  expect([none.spentMs, none.leftMs]).toEqual([0, Infinity]);
  expect(() => readFileSync(record)).toThrow('ENOENT');
});
