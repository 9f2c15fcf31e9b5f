import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BUNDLE } from '../../../test/test-worker.js';
import { BadArgument, parseArguments } from './arguments.js';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mle-arguments-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

test('reads the configuration file; arguments win; other properties are passed on', async () => {
  const config = file(
    'worker.json',
    JSON.stringify({
      url: 'http://one:1',
      serverKeyFile: '/keys/server',
      token: 'secret-token',
      name: 'from file',
      room: 'B 12',
      gpu: { count: 2 },
    }),
  );
  const command = await parseArguments(['--config', config, '--name', 'from arguments', '--data', folder]);
  expect(command).toEqual({
    role: 'worker',
    settings: {
      server: { url: 'http://one:1', joinToken: 'secret-token', keyFile: '/keys/server', listen: null },
      name: 'from arguments',
      dataDir: folder,
      lifelineFd: null,
      isolate: true,
      updateDir: null,
      properties: { room: 'B 12', gpu: { count: 2 } },
    },
  });
});

test('refuses a configuration file that says more of the machine than the server takes', async () => {
  const config = file('worker.json', JSON.stringify({ url: 'http://one:1', note: 'x'.repeat(20_000) }));
  await expect(parseArguments(['--config', config])).rejects.toThrow(
    'Use at most 16384 bytes and four levels of JSON.',
  );
});

test('reads a token file, and takes the origin of the address', async () => {
  const command = await parseArguments([
    '--url',
    'https://host:8443/some/page',
    '--token-file',
    file('token', ' abc\n'),
    '--lifeline-fd',
    '3',
  ]);
  expect(command).toMatchObject({
    settings: { server: { url: 'https://host:8443', joinToken: 'abc' }, lifelineFd: 3 },
  });
});

test('listens as the file or the arguments say, with the token of the file', async () => {
  const config = file(
    'worker.json',
    JSON.stringify({ listen: 7443, listenHost: '10.0.0.5', token: 'a-token-of-twenty-characters', room: 'B 12' }),
  );
  expect(await parseArguments(['--config', config])).toMatchObject({
    settings: {
      server: { url: null, listen: { port: 7443, host: '10.0.0.5', token: 'a-token-of-twenty-characters' } },
      properties: { room: 'B 12' },
    },
  });
  expect(await parseArguments(['--config', config, '--url', 'http://h'])).toMatchObject({
    settings: { server: { url: 'http://h', listen: null } },
  });
  expect(await parseArguments(['--listen', '0'])).toMatchObject({
    settings: { server: { listen: { port: 0, host: null, token: null } } },
  });
});

test('a file that says both is refused', async () => {
  await expect(parseArguments(['--config', file('worker.json', '{"listen": 1, "url": "http://h"}')])).rejects.toThrow(
    /has both "url" and "listen"/,
  );
});

test('reads the supervisor role', async () => {
  const plain = { role: 'supervise', dataDir: folder, ownMounts: false };
  expect(await parseArguments(['supervise', '--data', folder])).toEqual(plain);
  expect(await parseArguments(['supervise', '--data', folder, '--own-mounts'])).toEqual({ ...plain, ownMounts: true });
});

test('reads the role that makes what a listening worker is known by', async () => {
  expect(await parseArguments(['identity', '--data', folder])).toEqual({ role: 'identity', dataDir: folder });
});

test.each([
  [[], /Give the server's address by --url/],
  [['--url', 'host:80'], /"host:80" is no address of a server/],
  [['--url', 'ftp://host'], /"ftp:\/\/host" is no address of a server/],
  [['--url', 'http://h', '--lifeline-fd', 'x'], /--lifeline-fd is "x"/],
  [['--url', 'http://h', '--token-file', '/no/such/file'], /token file \/no\/such\/file cannot be read/],
  [['--url', 'http://h', '--token-file', 'a', '--token-stdin'], /either --token-file or --token-stdin/],
  [['--url', 'http://h', '--listen', '1'], /either --url or --listen/],
  [['--listen', '70000'], /"70000" is no port/],
  [['--url', 'http://h', '--listen-host', '::'], /--listen-host needs --listen/],
  [['--url', 'http://h', '--unknown'], /Unknown option '--unknown'/],
  [['--url', 'http://h', '--token', 'secret'], /Unknown option '--token'/],
  [['run'], /"run" is no command of the worker/],
  [['supervise'], /supervise needs --data/],
  [['identity'], /identity needs --data/],
  [['--config', '/no/such/file'], /configuration file \/no\/such\/file cannot be read/],
])('%j is refused with a sentence', async (argv, sentence) => {
  await expect(parseArguments(argv)).rejects.toThrow(sentence);
  await expect(parseArguments(argv)).rejects.toBeInstanceOf(BadArgument);
});

test.each([
  ['not JSON', /is not JSON/],
  ['{"url": 5}', /is wrong at "url"/],
  ['[]', /is wrong at/],
])('a configuration file of %j is refused', async (content, sentence) => {
  await expect(parseArguments(['--config', file('worker.json', content)])).rejects.toThrow(sentence);
});

test('an empty token file is refused', async () => {
  await expect(parseArguments(['--url', 'http://h', '--token-file', file('token', '\n')])).rejects.toThrow(
    /holds no token/,
  );
});

function start(argv: string[], env: Record<string, string> = {}, input = ''): ReturnType<typeof spawnSync> {
  return spawnSync(process.execPath, [BUNDLE, ...argv], {
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '', ...env },
    input,
  });
}

test('the process says it in one line and ends with status 2', () => {
  const { status, stderr, stdout } = start(['--url', 'nowhere']);
  expect(status).toBe(2);
  expect(stderr).toBe('"nowhere" is no address of a server. Give one such as https://mle.example.org:8443.\n');
  expect(stdout).toBe('');
});

test('a bad variable and an empty token on standard input end it too', () => {
  const bad = start(['--url', 'http://127.0.0.1:9', '--data', folder], { MLE_LOG_LEVEL: 'loud' });
  expect([bad.status, bad.stderr]).toEqual([
    2,
    'MLE_LOG_LEVEL is "loud". Use one of trace, debug, info, warn, error, fatal, silent.\n',
  ]);
  const empty = start(['--url', 'http://127.0.0.1:9', '--data', folder, '--token-stdin'], {}, '\n');
  expect([empty.status, empty.stderr]).toEqual([2, expect.stringContaining('Standard input holds no token.')]);
  const closed = start(['--url', 'http://127.0.0.1:9', '--data', folder, '--lifeline-fd', '77']);
  expect([closed.status, closed.stderr]).toEqual([
    2,
    '--lifeline-fd is 77, but no descriptor of this number is open.\n',
  ]);
});
