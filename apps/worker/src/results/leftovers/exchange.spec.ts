import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findLeftovers } from '../../prepare/leftover-scan.js';
import { ContainedTree } from '../../prepare/sync/contained-tree.js';
import { scanOutputs } from '../artifacts/output-scan.js';

/** Exchanges two names as fast as it can, as a run may do with a folder and a link of its own. */
const EXCHANGE = `
import ctypes, platform, sys
call = {"x86_64": 316, "aarch64": 276}[platform.machine()]
libc, a, b = ctypes.CDLL(None), sys.argv[1].encode(), sys.argv[2].encode()
if libc.syscall(call, -100, a, -100, b, 2) != 0: sys.exit(3)
print("goes", flush=True)
while True: libc.syscall(call, -100, a, -100, b, 2)
`;
const FILES = Array.from({ length: 200 }, (_, i) => `f${i}`);

let top: string;
let workspace: string;
let outside: string;
let exchange: ChildProcess;

beforeEach(async () => {
  top = mkdtempSync(join(tmpdir(), 'mle-exchange-'));
  workspace = join(top, 'workspace');
  outside = join(top, 'outside');
  for (const folder of [join(workspace, 'sub'), outside]) {
    mkdirSync(folder, { recursive: true });
    for (const name of FILES) writeFileSync(join(folder, name), '');
  }
  writeFileSync(join(outside, 'secret'), '');
  symlinkSync(outside, join(workspace, 'link'));
  const child = spawn('python3', ['-c', EXCHANGE, join(workspace, 'sub'), join(workspace, 'link')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  exchange = child;
  await once(child.stdout, 'data');
});

afterEach(async () => {
  const ended = once(exchange, 'exit');
  exchange.kill('SIGKILL');
  await ended;
  chmodSync(outside, 0o700);
  rmSync(top, { recursive: true, force: true });
});

// The call is one of Linux; elsewhere runs have the worker's own rights.
const onLinux = process.platform === 'linux' ? test : test.skip;

onLinux('files are removed from the workspace only, while a folder and a link out of it change places', () => {
  const tree = new ContainedTree(workspace, null);
  for (const name of FILES) {
    tree.remove(`sub/${name}`);
    // Each is a request of its own: the folder is opened anew.
    tree.close();
  }
  expect(readdirSync(outside)).toHaveLength(FILES.length + 1);
});

onLinux('a clean start removes nothing elsewhere', async () => {
  for (let round = 0; round < 20; round++) {
    const tree = new ContainedTree(workspace, null);
    // What changed places meanwhile ends the start; it must not end files elsewhere.
    await tree.clean(new Set(['sub/kept', 'link/kept']), []).catch(() => undefined);
    tree.close();
  }
  expect(readdirSync(outside)).toHaveLength(FILES.length + 1);
});

onLinux('files are placed in the workspace only', async () => {
  const tree = new ContainedTree(workspace, null);
  for (let i = 0; i < FILES.length; i++) {
    try {
      tree.placeFile(`sub/placed-${i}`, Buffer.from('x'), 0o644);
      await tree.placeLargeFile(`sub/large-${i}`, join(outside, 'secret'), 0o644);
      tree.placeLink(`sub/to-${i}`, `placed-${i}`);
    } catch (error) {
      // Two names changed places between two looks: the run could not be prepared, and says so.
      expect((error as NodeJS.ErrnoException).code).toMatch(/^(EEXIST|ENOENT|ENOTDIR|EISDIR|ENOTEMPTY|EPERM)$/);
    }
    tree.close();
  }
  expect(readdirSync(outside)).toHaveLength(FILES.length + 1);
});

onLinux('neither the leftovers nor the outputs list what lies elsewhere', async () => {
  const seen = new Set<string>();
  for (let round = 0; round < 100; round++) {
    const { items } = await findLeftovers(workspace, new Set(), 0, null);
    const { files } = await scanOutputs(workspace);
    for (const path of [...items.map((item) => item.path), ...files.keys()]) seen.add(path);
  }
  expect([...seen].filter((path) => path.endsWith('secret'))).toEqual([]);
});
