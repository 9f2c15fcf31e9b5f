import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type JoinTokenView, LINK_VERSION, type MachineView, type RunView } from '@mle/protocol';
import { built, install, type Installation, Program, until } from '@mle/testing';

const NEXT = LINK_VERSION + 1;

/** The built part as it will be once the version of the link was raised. */
async function raised(part: string): Promise<string> {
  const code = await readFile(built(part), 'utf8');
  const next = code.replace(new RegExp(`\\bLINK_VERSION = ${LINK_VERSION};`), `LINK_VERSION = ${NEXT};`);
  expect(next).not.toBe(code);
  return next;
}

/** A worker that takes the server's, as a service starts it: the one that was taken, else the one that was installed. */
class UpdatingWorker {
  readonly data: string;
  readonly taken: string;
  private program: Program | null = null;

  constructor(
    private readonly folder: string,
    private readonly how: string[],
    private readonly ready: RegExp,
  ) {
    this.data = join(folder, 'data');
    this.taken = join(folder, 'taken', 'worker.mjs');
  }

  get output(): string {
    return this.program?.output ?? '';
  }

  async start(bundle = built('apps/worker/worker.mjs')): Promise<void> {
    await mkdir(this.folder, { recursive: true });
    const args = [bundle, ...this.how, '--data', this.data, '--update-dir', join(this.folder, 'taken')];
    const { how, ready } = this;
    const name = how[0] === '--listen' ? 'dialled' : 'joined';
    this.program = new Program({
      command: process.execPath,
      args: [...args, '--name', name, '--no-isolation'],
      ready,
    });
    await this.program.start();
  }

  /** Its exit status, when it has ended by itself. */
  async ended(): Promise<number | null> {
    return (await (this.program as Program).ended).code;
  }

  async clear(): Promise<void> {
    await this.program?.kill('SIGTERM');
  }
}

describe('a server that was upgraded to another version of the link', () => {
  let product: Installation;
  let upgraded: Program | null = null;
  let workers: UpdatingWorker[] = [];
  const server = built(`apps/api/main.link-${process.pid}.mjs`);

  beforeAll(async () => {
    product = await install({}, { workers: 0 });
  });
  afterAll(async () => {
    for (const worker of workers) await worker.clear();
    await upgraded?.kill('SIGTERM');
    await product?.stop();
    await rm(server, { force: true });
  });

  it('brings its worker to the machine that joined and to the one that it dials, and their runs end as they would have @full', async () => {
    const { client, folder, url } = product;
    const { token } = await client.json<JoinTokenView>('POST', 'machines/join-tokens');
    const tokenFile = join(folder, 'joined-token');
    await writeFile(tokenFile, token, { mode: 0o600 });
    const joined = new UpdatingWorker(
      join(folder, 'joined'),
      ['--url', url, '--token-file', tokenFile],
      /worker ready/,
    );
    const listen = ['--listen', '0', '--listen-host', '127.0.0.1'];
    const shown = /address\s+(\S+)[^]*fingerprint\s+(\S+)[^]*token\s+\S/;
    const dialled = new UpdatingWorker(join(folder, 'dialled'), listen, shown);
    workers = [joined, dialled];
    for (const worker of workers) await worker.start();
    const [, address = '', fingerprint] = shown.exec(dialled.output) ?? [];
    listen[1] = new URL(address).port;
    const listenToken = (await readFile(join(dialled.data, 'listen-token'), 'utf8')).trim();
    await client.json<MachineView>('POST', 'machines/connect', { url: address, fingerprint, token: listenToken });
    const machines = (await client.json<{ items: MachineView[] }>('GET', 'machines')).items;
    const ours = machines.filter(({ name }) => name === 'joined' || name === 'dialled');
    expect(ours).toHaveLength(2);

    const go = join(folder, 'go');
    const { id: projectId } = await client.createProject('upgraded');
    const program = `echo begun\nwhile [ ! -e ${go} ]; do sleep 0.05; done\necho done\n`;
    await client.putFile(projectId, 'wait.sh', program);
    const runs: RunView[] = [];
    for (const { id } of ours)
      runs.push(await client.startRun({ projectId, file: 'wait.sh', target: { machineId: id } }));
    for (const { id } of runs) await client.until(id, ({ state }) => state === 'running');

    await product.api.kill('SIGTERM');
    const bundle = join(folder, 'next-worker.mjs');
    await writeFile(bundle, await raised('apps/worker/worker.mjs'));
    await writeFile(server, await raised('apps/api/main.mjs'));
    upgraded = new Program({
      command: process.execPath,
      args: [server],
      env: {
        MLE_PORT: new URL(url).port,
        MLE_DATA_DIR: join(folder, 'data'),
        MONGODB_URI: product.store.uri,
        REDIS_URL: product.redis.url,
        MLE_WORKER_BUNDLE: bundle,
      },
      ready: /api ready/,
    });
    await upgraded.start();
    for (const worker of workers)
      await until('it is refused', () => worker.output.includes('Its worker is taken between two runs'));
    const dial = `machines/${ours.find(({ name }) => name === 'dialled')?.id ?? ''}`;
    expect((await client.json<MachineView>('GET', dial)).connectionError).toContain(`this server version ${NEXT}`);
    // Their programs are alive: they are not left for the newer worker.
    for (const worker of workers) await expect(readFile(worker.taken)).rejects.toMatchObject({ code: 'ENOENT' });

    await writeFile(go, '');
    for (const worker of workers) {
      expect(await worker.ended()).toBe(0);
      expect(await readFile(worker.taken)).toEqual(await readFile(bundle));
      await worker.start(worker.taken);
    }
    for (const { id } of runs) {
      expect(await client.ended(id)).toMatchObject({ state: 'succeeded', attempt: 1 });
      expect((await client.output(id, '?stream=stdout')).toString()).toBe('begun\ndone\n');
    }
    for (const { id } of ours)
      expect(await client.json('GET', `machines/${id}`)).toMatchObject({ state: 'online', connectionError: null });
  });
});
