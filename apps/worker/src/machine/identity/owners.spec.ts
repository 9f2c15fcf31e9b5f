import { execFileSync, spawnSync } from 'node:child_process';
import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '@mle/testing';
import type { TestRun } from '../../../test/test-run.js';
import { TestServer } from '../../../test/test-server.js';
import { TestWorker } from '../../../test/test-worker.js';

const ADA = 'a'.repeat(24);
const BOB = 'b'.repeat(24);
const ADAS = '1'.repeat(24);
const BOBS = '2'.repeat(24);
/** The user id of the first slot, from the time when each slot had one. */
const OF_SLOT = 0x1234_5640;

/** Runs have user ids of their own only where the worker has root. */
const asRoot = process.getuid?.() === 0 ? test : test.skip;

let server: TestServer;
let worker: TestWorker;

beforeAll(async () => {
  server = await TestServer.start();
  worker = new TestWorker(server);
  await worker.start();
});

afterAll(async () => {
  await worker.clear();
  await server.close();
});

async function finish(
  ownerId: string,
  file: Record<string, string>,
  wishes: { args?: string[]; clean?: boolean } = {},
): Promise<TestRun> {
  const run = await server.submit(file, { ownerId, projectId: ownerId === ADA ? ADAS : BOBS, ...wishes });
  await until('the run is finished', () => run.finished !== null);
  return run;
}

const runs = (...parts: string[]): string => join(worker.dataDir, 'runs', ...parts);

const PLANT = `
import os, site
folder = site.getusersitepackages()
os.makedirs(folder, exist_ok=True)
open(os.path.join(folder, 'usercustomize.py'), 'w').write('print("planted")')
open('checkpoint', 'w').write('42')
open(os.path.join(os.environ['MLE_OUTPUT_DIR'], 'result'), 'w').write('mine')
`;

asRoot('what an owner leaves in a home and a workspace reaches runs of the same owner only', async () => {
  await finish(ADA, { 'plant.py': PLANT });
  const again = await finish(ADA, { 'go.py': 'print(open("checkpoint").read())' });
  expect(again.stream('stdout')).toBe('planted\n42\n');
  const peek = 'print("clean"); import subprocess, sys; sys.exit(subprocess.run(["ls", *sys.argv[1:]]).returncode)';
  const other = await finish(
    BOB,
    { 'go.py': peek },
    { args: [runs('homes', ADA, '0'), runs('workspaces', ADAS, '0'), runs('caches', ADAS, '0')] },
  );
  expect(other.stream('stdout')).toBe('clean\n');
  expect(other.stream('stderr').match(/Permission denied/g)).toHaveLength(3);
  const clean = await finish(ADA, { 'go.py': 'import os; print(os.listdir(os.environ["HOME"]))' }, { clean: true });
  expect(clean.stream('stdout')).toBe('[]\n');
  await until('the home of the clean run is gone', () => readdirSync(runs('homes', 'clean')).length === 0);
});

asRoot('what a slot held before owners had user ids goes to the owner of its project', async () => {
  await finish(ADA, { 'save.sh': 'mkdir -p deep && echo 43 > deep/checkpoint' });
  await worker.signal('SIGTERM');
  execFileSync('chown', ['-R', '-h', `${OF_SLOT}:${OF_SLOT}`, runs('workspaces', ADAS), runs('caches', ADAS)]);
  await worker.start();
  const run = await finish(ADA, { 'save.sh': 'cat deep/checkpoint; echo 44 > deep/checkpoint; cat deep/checkpoint' });
  expect(run.stream('stdout')).toBe('43\n44\n');
  expect(lstatSync(runs('workspaces', ADAS, '0', 'deep')).uid).toBe(lstatSync(runs('homes', ADA, '0')).uid);
});

/** Most containers have no namespace of mounts to give, and then no list of users for their runs either. */
const hasOwnMounts = spawnSync('unshare', ['--mount', '--propagation', 'slave', 'true']).status === 0;

(hasOwnMounts ? asRoot : test.skip)(
  'a program finds its user, whose name is its own, in the list of users',
  async () => {
    const look = 'import os, pwd; me = pwd.getpwuid(os.getuid()); print(me.pw_name, me.pw_dir == os.environ["HOME"])';
    const [ada, bob] = [await finish(ADA, { 'who.py': look }), await finish(BOB, { 'who.py': look })];
    expect(ada.stream('stdout')).toBe('planted\nmle0 True\n');
    expect(bob.stream('stdout')).toBe('mle1 True\n');
    // The list that everybody else sees is as it was.
    expect(spawnSync('getent', ['passwd', 'mle0']).status).toBe(2);
  },
);
