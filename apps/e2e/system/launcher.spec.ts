import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readStat } from '@mle/process/stat.mjs';
import type { RunView } from '@mle/protocol';
import { Client, freePort, launcherProgram, LOGIN, PASSWORD, type Program, until } from '@mle/testing';
import { PRINTER } from './printer.js';

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

describe('npm start', () => {
  let folder: string;
  let port: number;
  let launcher: Program;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mle-start-'));
    await chmod(folder, 0o777);
    port = await freePort();
    launcher = start();
  });
  afterEach(async () => {
    await launcher.kill('SIGKILL');
    await gone();
    await rm(folder, { recursive: true, force: true });
  });

  const start = (env?: Record<string, string>, ready?: RegExp): Program => launcherProgram(folder, port, env, ready);

  /**
   * Pids of what belongs to this installation, by their arguments and environment; the launcher is not among them.
   * Redis writes its title over its environment: it is known by its parent.
   */
  function processes(name = ''): number[] {
    const seen = readdirSync('/proc')
      .filter((entry) => /^\d+$/.test(entry))
      .flatMap((pid) => {
        try {
          const [command, environment] = ['cmdline', 'environ'].map((file) =>
            readFileSync(`/proc/${pid}/${file}`, 'utf8'),
          );
          return [
            {
              pid: Number(pid),
              parent: readStat(Number(pid))?.parent ?? 0,
              command: command ?? '',
              ours: `${command}${environment}`.includes(folder),
            },
          ];
        } catch {
          return [];
        }
      });
    const ours = new Set(seen.filter((process) => process.ours).map(({ pid }) => pid));
    return seen
      .filter(
        ({ pid, parent, command }) =>
          (ours.has(pid) || ours.has(parent)) && command.includes(name) && !command.includes('start.mjs'),
      )
      .map(({ pid }) => pid)
      .filter((pid) => pid !== process.pid);
  }

  async function gone(): Promise<void> {
    await until('no process is left', () => processes().length === 0);
  }

  async function setUp(): Promise<Client> {
    // The link is a line of its own after the address.
    let token: string | undefined;
    while ((token = /#token=(\S+)\s/.exec(launcher.output)?.[1]) === undefined) await sleep(20);
    const api = new Client(`http://127.0.0.1:${port}`);
    const response = await api.fetch('auth/setup', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token, login: LOGIN, password: PASSWORD }),
    });
    expect(response.status).toBe(201);
    await api.login(LOGIN, PASSWORD);
    return api;
  }

  async function print(api: Client, seconds: number): Promise<RunView> {
    const { id: projectId } = await api.createProject(`printer ${seconds}`);
    await api.putFile(projectId, 'printer.py', PRINTER);
    const run = await api.startRun({ projectId, file: 'printer.py', args: [folder, String(seconds)] });
    while ((await api.output(run.id)).length < 500) await sleep(20);
    return run;
  }

  const written = async (run: RunView): Promise<Buffer> =>
    Buffer.concat([Buffer.from('Running printer.py\n'), await readFile(join(folder, `copy-${run.id}`))]);

  it('stops everything by Ctrl-C, and has everything again at the next start', async () => {
    await launcher.start();
    const api = await setUp();
    const done = await print(api, 0.2);
    expect((await api.ended(done.id)).state).toBe('succeeded');
    const cut = await print(api, 60);
    await launcher.kill('SIGINT');
    await gone();

    await launcher.start();
    expect(launcher.output).not.toContain('#token=');
    const again = new Client(`http://127.0.0.1:${port}`);
    await again.login(LOGIN, PASSWORD);
    expect((await again.run(done.id)).state).toBe('succeeded');
    expect(sha256(await again.output(done.id))).toBe(sha256(await written(done)));
    expect(await again.ended(cut.id)).toMatchObject({ state: 'stopped', reason: 'server shut down' });
    expect((await again.output(cut.id, '?stream=stdout')).subarray(0, 200)).toEqual(
      (await readFile(join(folder, `copy-${cut.id}`))).subarray(0, 200),
    );
  });

  it('starts a part that was killed again, and the run in progress ends with every byte', async () => {
    await launcher.start();
    const api = await setUp();
    const run = await print(api, 8);
    for (const part of ['worker.mjs\0--url', 'main.mjs', 'store.mjs', 'redis-server unixsocket']) {
      const [pid] = processes(part);
      expect([part, pid]).toEqual([part, expect.any(Number)]);
      process.kill(pid as number, 'SIGKILL');
      while (processes(part).filter((other) => other !== pid).length === 0) await sleep(50);
    }
    expect(await api.ended(run.id, 50)).toMatchObject({ state: 'succeeded', attempt: 1 });
    expect(sha256(await api.output(run.id))).toBe(sha256(await written(run)));
    expect((await readFile(join(folder, `ledger-${run.id}`), 'utf8')).trim().split('\n')).toHaveLength(1);
  });

  it('takes its parts along when it is killed itself @full', async () => {
    await launcher.start();
    expect(processes().length).toBeGreaterThan(3);
    await launcher.kill('SIGKILL');
    await gone();
  });

  it('says that the port is in use', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const taken = (server.address() as AddressInfo).port;
    try {
      launcher = start({ MLE_PORT: String(taken) });
      await expect(launcher.start()).rejects.toThrow(new RegExp(`${taken}.*in use|in use.*${taken}`));
      expect(launcher.output).toContain('MLE_PORT');
    } finally {
      server.close();
    }
  });

  it.each([
    ['MLE_PORT', 'eighty', /MLE_PORT.*0 to 65535/],
    ['MLE_LOST_AFTER_SECONDS', '1', /MLE_LOST_AFTER_SECONDS.*2 to 86400/],
    ['MONGODB_URI', 'localhost', /MONGODB_URI.*mongodb:\/\//],
    ['REDIS_URL', 'localhost', /REDIS_URL.*redis:\/\//],
    ['MLE_ADMIN_PASSWORD', 'short', /MLE_ADMIN_PASSWORD.*8 to 256/],
  ])('names %s when it is %s', async (name, value, sentence) => {
    launcher = start({ [name]: value });
    await expect(launcher.start()).rejects.toThrow(sentence);
  });
});
