import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { findProcesses, forksSoFar, lowestPid, processStartTime } from './process-hunt.js';

const PID_MAX = 32_768;
let children: ChildProcess[] = [];

afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  children = [];
});

function start(environment: Record<string, string>): number {
  const child = spawn('sleep', ['600'], {
    detached: true,
    stdio: 'ignore',
    env: { PATH: process.env['PATH'] ?? '', ...environment },
  });
  children.push(child);
  return child.pid ?? 0;
}

test('passes over pids below the main process only while none can have been given again', () => {
  const main = { group: 30_000, forks: 1_000 };
  expect(lowestPid(main, 1_100, PID_MAX)).toBe(30_000);
  expect(lowestPid(main, 1_000 + PID_MAX - 30_000, PID_MAX)).toBe(0);
  expect(lowestPid(main, 1_000 + PID_MAX - 30_000 - 1_024, PID_MAX)).toBe(0);
  expect(lowestPid(main, 1_000 + PID_MAX - 30_000 - 1_025, PID_MAX)).toBe(30_000);
});

test('passes over none where the system does not count', () => {
  expect(lowestPid({ group: 300, forks: 1_000 }, 1_000, PID_MAX)).toBe(0);
  expect(lowestPid({ group: 300, forks: 1_000 }, null, PID_MAX)).toBe(0);
  expect(lowestPid({ group: 300, forks: 1_000 }, 1_001, Number(''))).toBe(0);
  expect(lowestPid({ group: 300, forks: 1_000 }, 1_001, Number.NaN)).toBe(0);
  expect(lowestPid({ group: 300, forks: null }, 1_001, PID_MAX)).toBe(0);
  expect(lowestPid({ group: null, forks: 1_000 }, 1_001, PID_MAX)).toBe(0);
});

test('finds the main process and one that left its group, and nobody else', () => {
  const ref = { runId: 'a'.repeat(24), attempt: 2 };
  const forks = forksSoFar();
  const stranger = start({});
  const group = start({});
  const child = start({ MLE_RUN_ID: ref.runId, MLE_ATTEMPT: '2' });
  start({ MLE_RUN_ID: ref.runId, MLE_ATTEMPT: '1' });
  const found = findProcesses({ ref, group, uid: null, since: processStartTime(group), forks }).map(({ pid }) => pid);
  expect(forks).not.toBeNull();
  expect(found.sort()).toEqual([group, child].sort());
  expect(found).not.toContain(stranger);
});
