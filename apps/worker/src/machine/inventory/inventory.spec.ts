import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Inventory } from '@mle/protocol';
import { until } from '@mle/testing';
import { isAlive } from '../../../test/processes.js';
import { TestServer } from '../../../test/test-server.js';
import { TestWorker } from '../../../test/test-worker.js';
import { readGpuList, takeInventory } from './inventory.js';
import { InventoryWatch } from './inventory-watch.js';
import { probe, SLOW } from './probe.js';

const GiB = 1024 ** 3;
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mle-inventory-'));
  mkdirSync(join(folder, 'bin'));
  // Else a worker with root leaves it out of the PATH of runs with a uid of their own.
  chmodSync(folder, 0o755);
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Puts a program in front of those of this computer. */
function program(name: string, script: string): void {
  const path = join(folder, 'bin', name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
}

/** With these programs only, beside the shell's own. */
const source = () => ({ dataDir: folder, path: join(folder, 'bin'), isolated: false });

test('finds GPUs, Python and the engine of Docker by what their programs say', async () => {
  program(
    'nvidia-smi',
    `test "$1" = --query-gpu=name,memory.total && printf 'NVIDIA A100-SXM4-40GB, 40960\\nNVIDIA GB10, [N/A]\\n'`,
  );
  program('python3', 'echo Python 3.12.1');
  program('docker', 'test "$1 $3" = "version {{.Server.Version}}" && echo 27.3.1');
  expect(await takeInventory(source())).toMatchObject({
    gpus: [
      { name: 'NVIDIA A100-SXM4-40GB', memoryBytes: 40 * GiB },
      { name: 'NVIDIA GB10', memoryBytes: 0 },
    ],
    python: '3.12.1',
    docker: '27.3.1',
    node: process.version,
    diskFreeBytes: expect.any(Number),
  });
});

test('takes what is absent, fails or says something else for absent', async () => {
  expect(await takeInventory(source())).toMatchObject({ gpus: [], python: null, docker: null, node: process.version });
  program('nvidia-smi', 'echo "No devices were found"');
  program('python3', 'echo "python3: command not found, but can be installed, at once"');
  // A client without an engine prints the empty answer of its template before it fails.
  program('docker', 'echo; echo "Cannot connect to the Docker daemon" >&2; exit 1');
  expect(await takeInventory({ ...source(), dataDir: '/no/such/folder' })).toMatchObject({
    gpus: [],
    python: null,
    docker: null,
    diskFreeBytes: null,
  });
});

test.each<[string, Inventory['gpus']]>([
  ['Tesla T4, 15360', [{ name: 'Tesla T4', memoryBytes: 15 * GiB }]],
  [
    'Tesla T4, 15360\r\nTesla T4, 15360\r\n',
    [
      { name: 'Tesla T4', memoryBytes: 15 * GiB },
      { name: 'Tesla T4', memoryBytes: 15 * GiB },
    ],
  ],
  ['Quadro, special edition, 1024', [{ name: 'Quadro, special edition', memoryBytes: GiB }]],
  ['Orin (nvgpu), [Not Supported]', [{ name: 'Orin (nvgpu)', memoryBytes: 0 }]],
  ['[Unknown Error], [Unknown Error]\nTesla T4, 15360', [{ name: 'Tesla T4', memoryBytes: 15 * GiB }]],
  ["NVIDIA-SMI has failed because it couldn't communicate with the driver, which is not loaded.", []],
  ['', []],
])('reads the GPUs of %j', (text, gpus) => {
  expect(readGpuList(text)).toEqual(gpus);
});

test('a program that hangs is killed with what it started, and is not waited for', async () => {
  program('nvidia-smi', `trap '' TERM INT\nsleep 600 &\necho $$ $! > ${folder}/pids\nwait`);
  // The limit counts from before the script is there: on a busy computer it is killed before it wrote.
  const pidsWithin = async (limitMs: number): Promise<number[]> => {
    expect(await probe('nvidia-smi', [], `${join(folder, 'bin')}:/usr/bin:/bin`, limitMs)).toBe(SLOW);
    const wrote = existsSync(join(folder, 'pids')) ? readFileSync(join(folder, 'pids'), 'utf8').trim() : '';
    return wrote === '' ? pidsWithin(limitMs * 2) : wrote.split(' ').map(Number);
  };
  const pids = await pidsWithin(500);
  expect(pids).toHaveLength(2);
  await until('the program and its child are gone', () => pids.every((pid) => !isAlive(pid)));
});

test('what was known before holds while a program does not answer @full', async () => {
  program('nvidia-smi', 'exec /bin/sleep 600');
  const gpus = [{ name: 'Tesla T4', memoryBytes: 15 * GiB }];
  expect(await takeInventory(source(), { gpus, python: '3.11.0', docker: null, node: 'v20.0.0' })).toMatchObject({
    gpus,
    python: null,
  });
});

test('looks again from time to time, and tells what changed', async () => {
  const told: (string | null)[] = [];
  const take = async (before?: Inventory): Promise<Inventory> => ({
    ...(await takeInventory(source(), before)),
    diskFreeBytes: null,
  });
  const watch = await InventoryWatch.start(take, ({ python }) => void told.push(python), 50);
  try {
    expect(watch.current.python).toBeNull();
    program('python3', 'echo Python 3.13.0');
    await until('it is seen', () => watch.current.python === '3.13.0');
    await watch.look();
    expect(told).toEqual(['3.13.0']);
  } finally {
    watch.stop();
  }
});

test('a worker starts though a tool hangs, and shows at the next connection what was installed meanwhile @full', async () => {
  program('nvidia-smi', 'exec sleep 600');
  program('docker', 'exit 1');
  const server = await TestServer.start();
  const worker = new TestWorker(server, { env: { PATH: `${join(folder, 'bin')}:${process.env['PATH'] ?? ''}` } });
  try {
    await worker.start();
    expect(server.hellos[0]?.inventory).toMatchObject({ gpus: [], docker: null });
    program('nvidia-smi', 'echo "Tesla T4, 15360"');
    program('docker', 'echo 27.3.1');
    server.cutLink();
    const shown = (): Inventory | undefined => server.inventories.at(-1) ?? server.hellos.at(-1)?.inventory;
    await until('it is shown', () => shown()?.docker === '27.3.1' && shown()?.gpus.length === 1);
    expect(server.hellos).toHaveLength(2);
  } finally {
    await worker.clear();
    await server.close();
  }
});
