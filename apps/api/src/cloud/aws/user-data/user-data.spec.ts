import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newKey, selfSigned } from '../../../platform/tls/self-signed.js';
import { userData, type UserDataWish } from './user-data.js';

const WISH = {
  reach: {
    way: 'join' as const,
    serverUrl: 'https://mle.example.org',
    serverKey: `sha256//${'A'.repeat(43)}=`,
    joinToken: 'token-for-one-exchange',
  },
  name: `it's $HOME "a" \`b\``,
  endsAt: new Date('2037-01-02T03:04:05.678Z'),
};
const DIALLED = {
  ...WISH,
  reach: { way: 'dial' as const, port: 8_471, certificate: 'CERTIFICATE', key: 'KEY', token: 'token' },
};
/** Tools of Debian that this computer may lack: then what needs them counts as skipped. */
const has = (program: string): boolean => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
const testWith = (program: string) => (has(program) ? test : test.skip);

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'mle-user-data-'));
  mkdirSync(join(root, 'bin'));
});

afterEach(() => rmSync(root, { recursive: true }));

/** Lets a program only note that it was called, and end with this status. */
function standIn(program: string, status = 0): void {
  writeFileSync(join(root, 'bin', program), `#!/bin/sh\necho ${program} "$@" >>${root}/calls\nexit ${status}\n`);
  chmodSync(join(root, 'bin', program), 0o755);
}

function shell(args: string[], input = ''): { status: number | null; stdout: string } {
  const env = { PATH: `${join(root, 'bin')}:/usr/bin:/bin`, MLE_ROOT: root };
  const { status, stdout } = spawnSync(args[0] ?? '', args.slice(1), { encoding: 'utf8', env, input });
  return { status, stdout };
}

function setUp(systemctl = 0, wish: UserDataWish = WISH): { status: number | null; stdout: string } {
  for (const program of ['nft', 'shutdown']) standIn(program);
  // Python has all it needs, unless the test says otherwise: nothing is installed on this computer.
  for (const program of ['python3', 'apt-get']) if (!existsSync(join(root, 'bin', program))) standIn(program);
  standIn('systemctl', systemctl);
  return shell(['bash', '-s'], userData(wish));
}

const machine = (word: string) => shell(['sh', join(root, 'opt/mle/machine'), word]);
const file = (path: string): string => readFileSync(join(root, path), 'utf8');
const calls = (): string => file('calls');
const put = (path: string, minutesAgo: number): void => {
  mkdirSync(join(root, path, '..'), { recursive: true });
  writeFileSync(join(root, path), 'x');
  const at = Date.now() / 1000 - minutesAgo * 60;
  utimesSync(join(root, path), at, at);
};

test('the end of the machine is set before anything that may fail', () => {
  expect(setUp().status).toBe(0);
  expect(file('etc/systemd/system/mle-end.timer')).toContain('OnCalendar=2037-01-02 03:04:05 UTC\n');
  expect(calls().split('\n').slice(0, 3)).toEqual([
    'systemctl daemon-reload',
    'systemctl enable mle-end.timer',
    'systemctl restart mle-end.timer',
  ]);
  expect(calls()).not.toContain('poweroff');
});

test('it is short enough, whoever dials', async () => {
  const key = newKey();
  const certificate = await selfSigned(key, ['machine.invalid']);
  const dial = { ...DIALLED, reach: { ...DIALLED.reach, key, certificate, token: 'x'.repeat(43) } };
  for (const wish of [WISH, dial]) expect(Buffer.byteLength(userData(wish))).toBeLessThan(16 * 1024);
});

test('where the server dials, the machine waits for it, and starts no worker before', () => {
  expect(setUp(0, DIALLED).status).toBe(0);
  expect(file('opt/mle/receive.pem')).toBe('CERTIFICATE\nKEY\n');
  expect(statSync(join(root, 'opt/mle/receive.pem')).mode & 0o777).toBe(0o600);
  expect(calls()).toContain('systemctl enable --now --no-block mle-receive.service');
  expect(calls()).not.toContain('mle-worker.service');
});

test.each([0, 100])('where Python makes no environments, it gets what it needs: apt-get ends with %i', (status) => {
  standIn('python3', 1);
  standIn('apt-get', status);
  const done = setUp();
  expect(done.status).toBe(0);
  expect(calls()).toContain('install -y python3-venv\n');
  expect(done.stdout.includes('python3-venv cannot be installed')).toBe(status !== 0);
  expect(calls()).toContain('systemctl enable --now --no-block mle-worker.service');
});

test('a set-up that fails powers off', () => {
  const { status, stdout } = setUp(1);
  expect([status, stdout]).toEqual([1, expect.stringContaining('the set-up ended with status 1')]);
  expect(calls()).toMatch(/systemctl poweroff\nshutdown -h now\n$/);
});

test('a later time in ends-at of the worker extends it, and what is no time does not', () => {
  setUp();
  mkdirSync(join(root, 'opt/mle/data'), { recursive: true });
  for (const text of ['never', '2037-01-02 03:04:05 UTC', '2038-01-01 00:00:00 UTC; reboot']) {
    writeFileSync(join(root, 'opt/mle/data/ends-at'), `${text}\n`);
    expect(machine('moved').status).toBe(1);
  }
  writeFileSync(join(root, 'opt/mle/data/ends-at'), '2038-01-01 00:00:00 UTC\n');
  expect(machine('end').status).toBe(0);
  expect(file('etc/systemd/system/mle-end.timer')).toContain('OnCalendar=2038-01-01 00:00:00 UTC\n');
  expect(calls()).not.toContain('poweroff');
  expect(machine('end').stdout).toContain('Its time is over.');
  expect(calls()).toMatch(/systemctl poweroff\n$/);
});

test('one that boots after its time asks its server for five minutes whether it was extended while it was off', () => {
  setUp();
  put('opt/mle/booted', 0);
  writeFileSync(join(root, 'opt/mle/ends-at'), '2020-01-01 00:00:00 UTC\n');
  expect(machine('moved').status).toBe(0);
  // The server answers while it waits.
  const told = join(root, 'opt/mle/data/ends-at');
  mkdirSync(join(told, '..'));
  writeFileSync(join(root, 'bin/sleep'), `#!/bin/sh\necho '2038-01-01 00:00:00 UTC' >${told}\n`);
  chmodSync(join(root, 'bin/sleep'), 0o755);
  expect(machine('end').status).toBe(0);
  expect(calls()).not.toContain('poweroff');
  expect(file('etc/systemd/system/mle-end.timer')).toContain('OnCalendar=2038-01-01 00:00:00 UTC\n');
  // Nobody answers.
  writeFileSync(told, '2020-01-01 00:00:00 UTC\n');
  expect(machine('moved').status).toBe(0);
  writeFileSync(join(root, 'bin/sleep'), `#!/bin/sh\ntouch -d '6 minutes ago' ${root}/opt/mle/booted\n`);
  expect(machine('end').stdout).toContain('Its time is over.');
  expect(calls()).toMatch(/systemctl poweroff\n$/);
});

test.each([
  ['it just began', { begun: 1 }, null],
  ['it did not join', { begun: 16 }, 'It did not join the server'],
  ['the server answers', { begun: 99, booted: 99, 'data/credential': 99, 'data/heard': 1 }, null],
  ['it just booted again', { begun: 99, booted: 1, 'data/credential': 99, 'data/heard': 60 }, null],
  ['the server is silent', { begun: 99, booted: 99, 'data/credential': 99, 'data/heard': 16 }, 'The server was silent'],
  [
    'the server is silent and something runs',
    { begun: 99, booted: 99, 'data/credential': 99, 'data/heard': 60, 'data/attempts/a-1/spec.json': 70 },
    null,
  ],
  [
    'the server is silent and a run ended a moment ago',
    {
      begun: 99,
      booted: 99,
      'data/credential': 99,
      'data/heard': 60,
      'data/attempts/a-1/spec.json': 70,
      'data/attempts/a-1/exit.json': 1,
    },
    null,
  ],
  [
    'the server is silent and a run ended long ago',
    {
      begun: 99,
      booted: 99,
      'data/credential': 99,
      'data/heard': 60,
      'data/attempts/a-1/spec.json': 70,
      'data/attempts/a-1/exit.json': 16,
    },
    'The server was silent',
  ],
])('the guard when %s', (_, files, reason) => {
  setUp();
  for (const [name, minutesAgo] of Object.entries(files)) put(`opt/mle/${name}`, minutesAgo);
  const { stdout } = machine('guard');
  expect(calls().includes('poweroff')).toBe(reason !== null);
  expect(stdout).toContain(reason ?? '');
  // Whoever has joined needs the token no more.
  expect(existsSync(join(root, 'opt/mle/join-token'))).toBe(!('data/credential' in files));
});

test('what it is called reaches the worker as it is', () => {
  setUp();
  const script = file('opt/mle/machine').replace(/"\$1"\n$/, 'printf %s "$NAME"\n');
  expect(shell(['sh', '-s'], script).stdout).toBe(WISH.name);
  expect(() => userData({ ...WISH, name: 'two\nlines' })).toThrow('one line');
});

testWith('shellcheck')('shellcheck has nothing to say', () => {
  setUp();
  const check = (args: string[], input = ''): string =>
    // The name above has a $ that is none of the shell's.
    spawnSync('shellcheck', ['--exclude=SC2016', ...args], { input, encoding: 'utf8' }).stdout;
  expect([WISH, DIALLED].map((wish) => check(['-'], userData(wish)))).toEqual(['', '']);
  expect(check([join(root, 'opt/mle/machine')])).toBe('');
});

testWith('systemd-analyze')('its units are what systemd expects', () => {
  setUp(0, DIALLED);
  const folder = join(root, 'etc/systemd/system');
  const units = readdirSync(folder);
  expect(units.sort()).toEqual([
    'mle-boot.service',
    'mle-end.service',
    'mle-end.timer',
    'mle-guard.service',
    'mle-guard.timer',
    'mle-receive.service',
    'mle-worker.service',
  ]);
  const paths = units.map((unit) => join(folder, unit));
  const { status, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', '--recursive-errors=no', ...paths], {
    encoding: 'utf8',
  });
  expect([status, stderr]).toEqual([0, '']);
});

/** A metadata service in a network of its own, with the rules, asked by root and by the user of a run. */
const ASK_BOTH = `
ip link set lo up
ip addr add 169.254.169.254/32 dev lo
nft -f "$1"
node -e 'require("http").createServer((_, answer) => answer.end("secret")).listen(80, "169.254.169.254")' &
ask() { "$@" curl -s --connect-timeout 5 http://169.254.169.254/; }
until ask env >/dev/null || ! kill -0 $!; do sleep 0.05; done
echo "root: $(ask env)"
echo "run: $(ask setpriv --reuid 1342177281 --regid 1342177281 --clear-groups || echo refused)"
kill $!
`;
/** Rules for packets are tried in a network of its own, which most containers do not have to give. */
const hasOwnNetwork =
  ['nft', 'ip', 'setpriv', 'curl'].every(has) && spawnSync('unshare', ['--net', 'true']).status === 0;

(hasOwnNetwork ? test : test.skip)(
  'by its rules root reaches the metadata service, and the user of a run does not',
  () => {
    setUp();
    const rules = join(root, 'opt/mle/metadata.nft');
    const { stdout, stderr } = spawnSync('unshare', ['--net', 'sh', '-c', ASK_BOTH, 'sh', rules], { encoding: 'utf8' });
    expect([stdout, stderr]).toEqual(['root: secret\nrun: refused\n', '']);
  },
);
