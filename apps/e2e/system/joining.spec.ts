import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { JoinTokenView, MachineView, Page } from '@mle/protocol';
import { type Client, freePort, install, type Installation, until } from '@mle/testing';
import { Terminal, type User } from './terminal.js';

const WAIT = 'import time\nprint("begun", flush=True)\ntime.sleep(600)\n';
const ANNOUNCED = /address\s+(\S+)[^]*fingerprint\s+(\S+)[^]*token\s+\S/;

/** What the user types to add a machine, for the first time and again after the worker ended. */
const WAYS = {
  async 'the served command'(terminal: Terminal, { client }: Installation): Promise<MachineView> {
    const { command } = await client.json<JoinTokenView>('POST', 'machines/join-tokens');
    const before = (await machines(client)).map(({ id }) => id);
    await terminal.type(command, /worker ready/);
    const joined = (await machines(client)).find(({ id }) => !before.includes(id));
    if (joined === undefined) throw new Error(`No machine joined:\n${terminal.output}`);
    return joined;
  },
  async '--listen'(terminal: Terminal, { client, url }: Installation): Promise<MachineView> {
    const port = await freePort();
    await terminal.type(
      `curl -fsSL ${url}/worker/worker.mjs -o worker.mjs && node worker.mjs --listen ${port} --listen-host 127.0.0.1`,
      ANNOUNCED,
    );
    const [, address, fingerprint] = ANNOUNCED.exec(terminal.output) ?? [];
    const token = (await readFile(join(terminal.home, 'worker-data/listen-token'), 'utf8')).trim();
    return client.json('POST', 'machines/connect', { url: address, fingerprint, token });
  },
};
const AGAIN = {
  'the served command': ({ url }: Installation) => `sh mle-install.sh --url ${url}`,
  '--listen': (_: Installation, { url }: MachineView) =>
    `node worker.mjs --listen ${new URL(url ?? '').port} --listen-host 127.0.0.1`,
};

async function machines(client: Client): Promise<MachineView[]> {
  return (await client.json<Page<MachineView>>('GET', 'machines')).items;
}

describe('a machine that a person adds', () => {
  let product: Installation;
  let projectId: string;

  beforeAll(async () => {
    product = await install();
    projectId = (await product.client.createProject('on a new machine')).id;
    await product.client.putFile(
      projectId,
      'pkg/hello.py',
      'import pathlib\nprint(pathlib.Path("data.txt").read_text())\n',
    );
    await product.client.putFile(projectId, 'data.txt', 'hello');
    await product.client.putFile(projectId, 'wait.py', WAIT);
  });
  afterAll(() => product?.stop());

  async function state(id: string, wanted: MachineView['state']): Promise<void> {
    const look = () => product.client.json<MachineView>('GET', `machines/${id}`);
    await until(`the machine is ${wanted}`, async () => (await look()).state === wanted);
  }

  async function hello(machineId: string): Promise<void> {
    const { id } = await product.client.startRun({ projectId, file: 'pkg/hello.py', target: { machineId } });
    const run = await product.client.ended(id);
    const output = (await product.client.output(id)).toString();
    expect([run.state, output]).toEqual(['succeeded', 'Running pkg/hello.py\nhello\n']);
  }

  it.each<[keyof typeof WAYS, User, string, string]>([
    ['the served command', 'root', '077', ''],
    ['--listen', 'root', '027', ''],
    ['the served command', 'a plain user', '077', '@full'],
    ['the served command', 'root', '022', '@full'],
    ['the served command', 'root', '027', '@full'],
    ['the served command', 'a plain user', '022', '@full'],
    ['the served command', 'a plain user', '027', '@full'],
    ['--listen', 'root', '022', '@full'],
    ['--listen', 'root', '077', '@full'],
    ['--listen', 'a plain user', '022', '@full'],
    ['--listen', 'a plain user', '027', '@full'],
    ['--listen', 'a plain user', '077', '@full'],
  ])('by %s as %s under umask %s runs, stops, starts again and leaves %s', async (way, user, umask) => {
    const { client } = product;
    const terminal = await Terminal.of(user, umask);
    try {
      const machine = await WAYS[way](terminal, product);
      await state(machine.id, 'online');
      await hello(machine.id);

      const waiting = await client.startRun({ projectId, file: 'wait.py', target: { machineId: machine.id } });
      while (!(await client.output(waiting.id)).includes('begun')) await sleep(20);
      await client.stopRun(waiting.id);
      expect((await client.ended(waiting.id)).state).toBe('stopped');

      await terminal.ctrlC();
      await state(machine.id, 'offline');
      await terminal.type(AGAIN[way](product, machine), way === '--listen' ? ANNOUNCED : /worker ready/);
      await state(machine.id, 'online');
      await hello(machine.id);

      await terminal.ctrlC();
      await state(machine.id, 'offline');
      await client.json('DELETE', `machines/${machine.id}`);
      expect((await machines(client)).map(({ id }) => id)).not.toContain(machine.id);
    } finally {
      await terminal.close();
    }
  });
});
