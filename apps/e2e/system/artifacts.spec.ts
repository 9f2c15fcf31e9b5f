import { createHash } from 'node:crypto';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ArtifactList, LeftoverList, LeftoverResult } from '@mle/protocol';
import { install, type Installation } from '@mle/testing';

/**
 * Writes a file, more when a file `go` appears in its first argument; leaves files in its workspace; prints what the
 * hashes should be.
 */
const TRAIN = `import hashlib, os, sys, time
out = os.environ["MLE_OUTPUT_DIR"]
def save(name, data):
    path = os.path.join(out, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    open(path, "wb").write(data)
    print("saved", name, hashlib.sha256(data).hexdigest(), flush=True)
save("first.txt", b"first\\n")
open("model.pt", "w").write("left")
open("debug.log", "w").write("log")
while not os.path.exists(os.path.join(sys.argv[1], "go")):
    time.sleep(0.05)
os.remove(os.path.join(out, "first.txt"))
save("deep/big.bin", os.urandom(int(sys.argv[2])))
for i in range(20):
    save("many/%d.txt" % i, b"%d" % i)
os.truncate(os.open(os.path.join(out, "huge.bin"), os.O_CREAT | os.O_WRONLY), 11 << 30)
`;

const FULL = process.env['MLE_TEST_FULL'] === '1';

describe('the artifacts of a run', () => {
  let product: Installation;
  let projectId: string;
  /** Tells the program to go on. */
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mle-artifacts-'));
    await chmod(folder, 0o755);
    product = await install({ MLE_LOST_AFTER_SECONDS: '30' });
    projectId = (await product.client.createProject('artifacts')).id;
    await product.client.putFile(projectId, 'train.py', TRAIN);
  });
  afterAll(async () => {
    await product?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const artifacts = (id: string): Promise<ArtifactList> => product.client.json('GET', `runs/${id}/artifacts`);

  it(
    'appear during the run and are whole at its end, though worker and server are killed while they come @full',
    async () => {
      const bytes = FULL ? 1024 ** 3 : 48 * 1024 ** 2;
      const run = await product.client.startRun({ projectId, file: 'train.py', args: [folder, String(bytes)] });
      while ((await artifacts(run.id)).items.length === 0) await sleep(100);
      const early = await product.client.run(run.id);
      expect(early.state).toBe('running');
      expect((await artifacts(run.id)).items).toMatchObject([
        { path: 'first.txt', sha256: createHash('sha256').update('first\n').digest('hex') },
      ]);
      await writeFile(join(folder, 'go'), '');
      while (!String(await product.client.output(run.id)).includes('saved many/0.txt')) await sleep(20);
      await product.worker.kill('SIGKILL');
      await product.worker.start();
      await sleep(200);
      await product.api.kill('SIGKILL');
      await product.api.start();
      const ended = await product.client.ended(run.id, FULL ? 480 : 120);
      expect(ended).toMatchObject({ state: 'succeeded', attempt: 1 });

      const { items, dropped } = await artifacts(run.id);
      const saved = Object.fromEntries(
        [...String(await product.client.output(run.id)).matchAll(/^saved (\S+) (\w{64})$/gm)].map(
          ([, path = '', hash]) => [path, hash],
        ),
      );
      delete saved['first.txt'];
      expect(Object.fromEntries(items.map(({ path, sha256 }) => [path, sha256]))).toEqual(saved);
      expect(items).toHaveLength(21);
      expect(dropped).toEqual([
        { path: 'huge.bin', size: 11 * 1024 ** 3, reason: 'The artifacts of a run take at most 10 GiB together.' },
      ]);
      expect(String(await product.client.output(run.id, '?stream=system'))).toContain(
        'huge.bin is not kept as an artifact.',
      );
      const hash = createHash('sha256');
      const response = await product.client.fetch(`runs/${run.id}/artifacts/deep/big.bin`);
      for await (const part of response.body as unknown as AsyncIterable<Uint8Array>) hash.update(part);
      expect(hash.digest('hex')).toBe(saved['deep/big.bin']);
    },
    FULL ? 600_000 : 150_000,
  );

  it('take up what the run left in its workspace, or it is removed there', async () => {
    await writeFile(join(folder, 'go'), '');
    const run = await product.client.startRun({ projectId, file: 'train.py', args: [folder, '1000'] });
    await product.client.ended(run.id, 60);
    const left = (): Promise<LeftoverList> => product.client.json('GET', `runs/${run.id}/leftovers`);
    for (let i = 0; i < 100 && (await left()).items.length === 0; i++) await sleep(50);
    expect(await left()).toMatchObject({
      items: [
        { path: 'debug.log', size: 3 },
        { path: 'model.pt', size: 4 },
      ],
      truncated: false,
      available: true,
    });
    const kept = await product.client.json<LeftoverResult>('POST', `runs/${run.id}/leftovers/keep`, {
      paths: ['model.pt'],
    });
    expect(kept.items).toEqual([{ path: 'model.pt', result: 'kept', reason: null }]);
    const removed = await product.client.json<LeftoverResult>('POST', `runs/${run.id}/leftovers/remove`, {
      paths: ['debug.log'],
    });
    expect(removed.items).toEqual([{ path: 'debug.log', result: 'removed', reason: null }]);
    expect((await artifacts(run.id)).items.find(({ path }) => path === 'model.pt')).toMatchObject({
      origin: 'kept',
      size: 4,
      sha256: createHash('sha256').update('left').digest('hex'),
    });
    expect((await left()).items).toEqual([]);
    const next = await product.client.startRun({ projectId, command: 'ls; cat model.pt' });
    await product.client.ended(next.id, 60);
    expect(String(await product.client.output(next.id, '?stream=stdout'))).toBe('model.pt\ntrain.py\nleft');
  });
});
