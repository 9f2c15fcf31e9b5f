import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { JoinTokenView, MachineView, Page } from '@mle/protocol';
import { type Client, freePort, install, type Installation, until } from '@mle/testing';

/** None of the system's users, for a test process with root. */
const PLAIN_UID = 54_321;
const READY_MS = 60_000;
const WAIT = 'import time\nprint("begun", flush=True)\ntime.sleep(600)\n';
const ANNOUNCED = /address\s+(\S+)[^]*fingerprint\s+(\S+)[^]*token\s+\S/;

type User = 'root' | 'a plain user';

/** A person at a terminal of the computer that is to join: a home, a umask, and one command at a time. */
class Terminal {
  output = '';
  private child: ChildProcess | null = null;

  private constructor(
    readonly home: string,
    private readonly uid: number,
    private readonly umask: string,
  ) {}

  static async of(user: User, umask: string): Promise<Terminal> {
    const own = process.getuid?.() ?? 0;
    const uid = own === 0 && user === 'a plain user' ? PLAIN_UID : own;
    const home = await mkdtemp(join(tmpdir(), 'mle-joining-'));
    await chown(home, uid, uid);
    await chmod(home, 0o700);
    return new Terminal(home, uid, umask);
  }

  async type(command: string, ready: RegExp): Promise<void> {
    this.output = '';
    const child = spawn('/bin/sh', ['-c', `umask ${this.umask}; ${command}`], {
      cwd: this.home,
      env: { PATH: process.env['PATH'] ?? '', HOME: this.home },
      // A process group of its own, as a shell at a terminal gives it.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(this.uid !== process.getuid?.() && { uid: this.uid, gid: this.uid }),
    });
    this.child = child;
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (data: Buffer) => (this.output += data.toString()));
    for (const end = Date.now() + READY_MS; !ready.test(this.output); await sleep(20))
      if (child.exitCode !== null || Date.now() > end) throw new Error(`It did not get ready:\n${this.output}`);
  }

  /** Ends when the last process of the command has let go of its output. */
  async ctrlC(): Promise<void> {
    const { child } = this;
    if (child?.pid === undefined) return;
    this.child = null;
    const closed = once(child, 'close');
    try {
      process.kill(-child.pid, 'SIGINT');
    } catch {
      return;
    }
    await closed;
  }

  async close(): Promise<void> {
    await this.ctrlC();
    await rm(this.home, { recursive: true, force: true });
  }
}

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
    ['the served command', 'a plain user', '077', ''],
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
