import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../../../test/simulation.js';
import { Clock } from '../../base/clock.js';
import { markedProcesses, signalAll } from '../../base/marked-processes.js';
import { Journal } from './journal.js';
import { Systemctl } from './systemctl.js';
import { UnitManager } from './unit-manager.js';
import { UNIT_MARK } from './unit-process.js';

let root: string;
let clock: Clock;
let journal: Journal;
let manager: UnitManager;
let systemctl: (...args: string[]) => Promise<{ code: number; stdout: string; stderr: string }>;
let powers: string[];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'mle-units-'));
  mkdirSync(join(root, 'etc/systemd/system'), { recursive: true });
  clock = new Clock();
  boot();
});

afterEach(async () => {
  await manager.stopAll();
  clock.clear();
  rmSync(root, { recursive: true });
});

function boot(): void {
  journal = new Journal();
  powers = [];
  const environment = { PATH: process.env['PATH'] ?? '', ROOT: root };
  const world = {
    root,
    environment,
    clock,
    journal,
    toConsole: () => undefined,
    power: (kind: string) => void powers.push(kind),
  };
  manager = new UnitManager(world);
  const command = new Systemctl(manager, world);
  systemctl = (...args) => command.run(args);
}

function unit(name: string, text: string): void {
  writeFileSync(join(root, 'etc/systemd/system', name), text);
}

const said = (): string[] => {
  try {
    return readFileSync(join(root, 'said'), 'utf8').trim().split('\n');
  } catch {
    return [];
  }
};
const say = (word: string): string => `/bin/bash -c 'echo ${word} >> \${ROOT}/said'`;
const untilSaid = (...words: string[]) => until(words.join(), () => Promise.resolve(said().join() === words.join()));

test('a oneshot does its steps in order, and is done', async () => {
  unit(
    'a.service',
    `[Service]\nType=oneshot\nExecStartPre=${say('pre')}\nExecStart=${say('one')}\nExecStart=${say('two')}\nExecStopPost=${say('post')}\n`,
  );
  expect(await systemctl('start', 'a')).toMatchObject({ code: 0 });
  expect(said()).toEqual(['pre', 'one', 'two', 'post']);
  expect(await systemctl('is-active', 'a')).toMatchObject({ code: 3, stdout: 'inactive\n' });
});

test('a oneshot that fails says so, does what is meant for that, and can be asked about it', async () => {
  unit(
    'a.service',
    `[Unit]\nOnFailure=sorry.service\nFailureAction=poweroff\n[Service]\nType=oneshot\nExecStart=/bin/bash -c 'echo oops; exit 7'\n`,
  );
  unit('sorry.service', `[Service]\nType=oneshot\nExecStart=${say('sorry')}\n`);
  const { code, stderr } = await systemctl('start', 'a.service');
  expect([code, stderr]).toEqual([1, expect.stringContaining('Job for a.service failed') as string]);
  expect((await systemctl('show', '-p', 'ExecMainStatus,Result', '--value', 'a')).stdout).toBe('7\nexit-code\n');
  expect(journal.read(['a.service'], null)).toContain('oops');
  expect(powers).toEqual(['power-off']);
  await untilSaid('sorry');
});

test('a service that dies comes back as its file says, until it dies too often', async () => {
  unit(
    'a.service',
    `[Unit]\nStartLimitBurst=3\nStartLimitIntervalSec=1h\nStartLimitAction=reboot\n[Service]\nExecStart=/bin/bash -c 'echo x >> \${ROOT}/said; exit 1'\nRestart=on-failure\nRestartSec=10ms\n`,
  );
  await systemctl('start', 'a');
  await until('it has failed', () => Promise.resolve(manager.stateOf('a.service') === 'failed'));
  expect(said()).toEqual(['x', 'x', 'x']);
  expect((await systemctl('show', '-pResult', 'a')).stdout).toBe('Result=start-limit-hit\n');
  expect(powers).toEqual(['reboot']);
  expect(await systemctl('is-failed', 'a')).toMatchObject({ code: 0, stdout: 'failed\n' });
});

test('a status that bars the restart, and a service that is killed and not to be restarted', async () => {
  unit(
    'a.service',
    `[Service]\nExecStart=/bin/bash -c 'exit 78'\nRestart=always\nRestartSec=10ms\nRestartPreventExitStatus=78\n`,
  );
  await systemctl('start', 'a');
  await until('it has failed', () => Promise.resolve(manager.stateOf('a.service') === 'failed'));
  unit('b.service', '[Service]\nExecStart=/bin/sleep 600\nRestart=on-success\n');
  await systemctl('start', 'b');
  signalAll([manager.service('b.service')?.mainPid ?? 0], 'SIGKILL');
  await until('it has failed', () => Promise.resolve(manager.stateOf('b.service') === 'failed'));
  expect((await systemctl('show', '-pResult', 'b')).stdout).toBe('Result=signal\n');
});

test('stop ends all of a service, what detached itself too; KillMode=process only the main one', async () => {
  const both = '/bin/bash -c \'setsid -f sleep 600; trap "" HUP; exec sleep 601\'';
  unit('a.service', `[Service]\nExecStart=${both}\nTimeoutStopSec=1\n`);
  unit('b.service', `[Service]\nExecStart=${both}\nKillMode=process\n`);
  await systemctl('start', 'a', 'b');
  for (const name of ['a.service', 'b.service']) {
    await until('both run', () => Promise.resolve(markedProcesses(UNIT_MARK, name).length === 2));
  }
  await systemctl('stop', 'a', 'b');
  expect(markedProcesses(UNIT_MARK, 'a.service')).toEqual([]);
  const left = markedProcesses(UNIT_MARK, 'b.service');
  expect(left).toHaveLength(1);
  signalAll(left, 'SIGKILL');
});

test('a process that does not care for SIGTERM is killed when its time is over', async () => {
  unit(
    'a.service',
    `[Service]\nExecStart=/bin/bash -c 'trap "" TERM; echo on >> \${ROOT}/said; while :; do sleep 0.1; done'\nTimeoutStopSec=300ms\n`,
  );
  await systemctl('start', 'a');
  await untilSaid('on');
  await systemctl('stop', 'a');
  expect(markedProcesses(UNIT_MARK, 'a.service')).toEqual([]);
});

test('what a unit requires is up before it; a requirement that fails keeps it from starting', async () => {
  unit(
    'first.service',
    `[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bin/bash -c 'sleep 0.2; echo first >> \${ROOT}/said'\n`,
  );
  unit(
    'second.service',
    `[Unit]\nRequires=first.service\nAfter=first.service network-online.target\n[Service]\nType=oneshot\nExecStart=${say('second')}\n`,
  );
  unit('bad.service', '[Service]\nType=oneshot\nExecStart=/bin/false\n');
  unit('third.service', `[Unit]\nRequires=bad.service\n[Service]\nType=oneshot\nExecStart=${say('third')}\n`);
  expect((await systemctl('start', 'second')).code).toBe(0);
  expect((await systemctl('start', 'third')).code).toBe(1);
  expect(said()).toEqual(['first', 'second']);
  expect(await systemctl('start', 'nothing')).toMatchObject({
    code: 5,
    stderr: 'Failed to start nothing.service: Unit nothing.service not found.\n',
  });
});

test('environment, files of it, folders and conditions', async () => {
  writeFileSync(join(root, 'env'), '# comment\nFROM_FILE="a b"\n');
  unit(
    'a.service',
    `[Service]\nType=oneshot\nEnvironment=ONE=1 "TWO=2 3"\nEnvironmentFile=${join(root, 'env')}\nEnvironmentFile=-/no/such/file\nStateDirectory=mle\nExecStart=/bin/bash -c 'echo "$ONE|$TWO|$FROM_FILE|$STATE_DIRECTORY" > \${ROOT}/said'\n`,
  );
  await systemctl('start', 'a');
  expect(said()).toEqual([`1|2 3|a b|${join(root, 'var/lib/mle')}`]);
  unit(
    'b.service',
    `[Unit]\nConditionPathExists=!${join(root, 'env')}\n[Service]\nType=oneshot\nExecStart=/bin/false\n`,
  );
  expect((await systemctl('start', 'b')).code).toBe(0);
});

test('what is enabled starts with the next boot', async () => {
  unit('a.service', `[Service]\nType=oneshot\nExecStart=${say('a')}\n[Install]\nWantedBy=multi-user.target\n`);
  unit('b.service', `[Service]\nType=oneshot\nExecStart=${say('b')}\n[Install]\nWantedBy=multi-user.target\n`);
  expect(await systemctl('is-enabled', 'a')).toMatchObject({ code: 1, stdout: 'disabled\n' });
  await systemctl('enable', 'a', 'b');
  await systemctl('disable', 'b');
  expect(await systemctl('is-enabled', 'a')).toMatchObject({ code: 0, stdout: 'enabled\n' });
  boot();
  await manager.bootUp();
  expect(said()).toEqual(['a']);
});

describe('timers', () => {
  const at = (ms: number): string => `${new Date(ms).toISOString().replace('T', ' ').slice(0, 19)} UTC`;
  const HOUR = 3_600_000;

  beforeEach(() => unit('end.service', `[Service]\nType=oneshot\nExecStart=${say('end')}\n`));

  test('an absolute time is met once, on the clock of the simulation', async () => {
    unit('end.timer', `[Timer]\nOnCalendar=${at(Date.now() + HOUR)}\n[Install]\nWantedBy=timers.target\n`);
    await systemctl('enable', '--now', 'end.timer');
    expect((await systemctl('list-timers')).stdout).toMatch(/end\.timer end\.service/);
    clock.advance(HOUR - 10_000);
    await new Promise((resolve) => void setTimeout(resolve, 100));
    expect(said()).toEqual([]);
    clock.advance(20_000);
    await untilSaid('end');
    clock.advance(24 * HOUR);
    await new Promise((resolve) => void setTimeout(resolve, 100));
    expect(said()).toEqual(['end']);
  });

  test('a timer that is rewritten counts anew', async () => {
    unit('end.timer', `[Timer]\nOnCalendar=${at(Date.now() + HOUR)}\n`);
    await systemctl('start', 'end.timer');
    unit('end.timer', `[Timer]\nOnCalendar=${at(Date.now() + 3 * HOUR)}\n`);
    await systemctl('daemon-reload');
    await systemctl('restart', 'end.timer');
    clock.advance(2 * HOUR);
    await new Promise((resolve) => void setTimeout(resolve, 100));
    expect(said()).toEqual([]);
    clock.advance(1.1 * HOUR);
    await untilSaid('end');
  });

  test.each([
    ['yes', 'is made up for at the next boot'],
    ['no', 'is lost'],
  ])('a time that passed while the machine was off, with Persistent=%s, %s', async (persistent) => {
    unit(
      'end.timer',
      `[Timer]\nOnCalendar=${at(Date.now() + HOUR)}\nPersistent=${persistent}\n[Install]\nWantedBy=timers.target\n`,
    );
    await systemctl('enable', '--now', 'end.timer');
    await manager.stopAll();
    clock.advance(2 * HOUR);
    boot();
    await manager.bootUp();
    if (persistent === 'yes') return untilSaid('end');
    await new Promise((resolve) => void setTimeout(resolve, 200));
    expect(said()).toEqual([]);
    return undefined;
  });

  test('spans from the boot and from the last run', async () => {
    unit('end.timer', '[Timer]\nOnBootSec=10min\nOnUnitActiveSec=5min\n');
    await systemctl('start', 'end.timer');
    clock.advance(11 * 60_000);
    await untilSaid('end');
    // The second span counts from the end of the unit, which comes a moment after its word.
    await until('it is over', async () => (await systemctl('is-active', 'end')).stdout === 'inactive\n');
    clock.advance(6 * 60_000);
    await untilSaid('end', 'end');
    clock.advance(60_000);
    await new Promise((resolve) => void setTimeout(resolve, 100));
    expect(said()).toEqual(['end', 'end']);
  });
});
