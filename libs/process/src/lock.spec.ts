import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { identify } from './identity.mjs';
import { ProcessLock } from './lock.mjs';

const CONTENDER = join(import.meta.dirname, '../test/contender.mjs');
const CONTENDERS = 6;
/** Enough for an algorithm with two winners in three of a hundred races. */
const ROUNDS = 60;

type Taken = ReturnType<ProcessLock<{ url: string }>['take']>;

let folder: string;
let path: string;
const children: ChildProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mle-lock-'));
  path = join(folder, 'the.lock');
});

afterEach(async () => {
  await Promise.all(children.splice(0).map(kill));
  rmSync(folder, { recursive: true });
});

function contender(): ChildProcess {
  const child = fork(CONTENDER, [path], { execArgv: [] });
  children.push(child);
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

async function ask(child: ChildProcess, order: number | 'release'): Promise<Taken> {
  child.send(order);
  const [answer] = (await once(child, 'message')) as [Taken];
  return answer;
}

/** What a process that was killed while it held the lock leaves behind. */
async function staleLock(): Promise<string> {
  const child = contender();
  await ask(child, 0);
  await kill(child);
  return readFileSync(path, 'utf8');
}

it.each([
  ['a crash', ['the.lock']],
  ['a crash of one that was about to take over a stale lock', ['the.lock', 'the.lock.stale']],
])('of six processes that start at once after %s one takes the lock', async (_, left) => {
  const stale = await staleLock();
  rmSync(path);
  const six = Array.from({ length: CONTENDERS }, contender);
  // The first answer comes when all have started.
  await Promise.all(six.map((child) => ask(child, 'release')));
  for (let round = 0; round < ROUNDS; round++) {
    for (const name of left) writeFileSync(join(folder, name), stale);
    const at = Date.now() + 2;
    const taken = await Promise.all(six.map((child) => ask(child, at)));
    const winners = six.filter((_child, i) => 'left' in (taken[i] as Taken));
    expect(winners).toHaveLength(1);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ pid: winners[0]?.pid });
    await Promise.all(six.map((child) => ask(child, 'release')));
    // Nothing is left: neither the lock nor one that was put aside.
    expect(readdirSync(folder)).toEqual([]);
  }
});

it('tells who holds it, and what that one says about itself', async () => {
  const lock = new ProcessLock<{ url: string }>(path);
  expect(lock.take()).toEqual({ left: null });
  lock.note({ url: 'http://here' });
  const self = { ...identify(process.pid), url: 'http://here' };
  expect(await ask(contender(), 0)).toEqual({ holder: self });
  expect(new ProcessLock(path).take()).toEqual({ holder: self });
  lock.release();
  expect(await ask(contender(), 0)).toEqual({ left: null });
  // It is another's now.
  lock.release();
  expect(new ProcessLock(path).take()).toMatchObject({ holder: { pid: children[1]?.pid } });
});

it('tells what a killed holder left', async () => {
  const stale = await staleLock();
  expect(new ProcessLock(path).take()).toEqual({ left: JSON.parse(stale) });
});

it.each([
  ['names a later process of the same number', JSON.stringify({ pid: process.pid, startTime: 'another-boot:1' })],
  ['was not noted completely', JSON.stringify({ pid: process.pid })],
  ['holds something else', 'null'],
  ['is empty', ''],
])('takes over a lock that %s', (_, content) => {
  writeFileSync(path, content);
  expect(new ProcessLock(path).take()).toHaveProperty('left');
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(identify(process.pid));
});
