import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JoinTokenView, MachineView, Page } from '@mle/protocol';
import {
  FIRST_USER,
  freePort,
  launcherProgram,
  LOGIN,
  PASSWORD,
  type Program,
  SecureClient,
  until,
} from '@mle/testing';
import { Terminal } from './terminal.js';

describe('a server that speaks https itself', () => {
  let folder: string;
  let port: number;
  let tlsPort: number;
  let launcher: Program;
  let client: SecureClient;
  const certificateFile = () => join(folder, 'data/tls/certificate.pem');

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mle-tls-'));
    await chmod(folder, 0o777);
    port = await freePort();
    tlsPort = await freePort();
    launcher = start();
    await launcher.start();
    client = await logIn();
  });
  afterAll(async () => {
    await launcher?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const start = (): Program =>
    launcherProgram(folder, port, { ...FIRST_USER, MLE_TLS: '1', MLE_TLS_PORT: String(tlsPort) });

  async function logIn(): Promise<SecureClient> {
    const browser = new SecureClient(`https://127.0.0.1:${tlsPort}`, readFileSync(certificateFile(), 'utf8'));
    await browser.login(LOGIN, PASSWORD);
    return browser;
  }

  async function hello(machineId: string): Promise<void> {
    await until('the machine is online', async () => (await machine(machineId)).state === 'online');
    const { id: projectId } = await client.createProject(`on ${machineId} ${Math.random()}`);
    await client.putFile(projectId, 'hello.py', 'import pathlib\nprint(pathlib.Path("data.txt").read_text())\n');
    await client.putFile(projectId, 'data.txt', 'hello');
    const { id } = await client.startRun({ projectId, file: 'hello.py', target: { machineId } });
    const follower = await client.fetch(`runs/${id}/output?follow=true`);
    expect([await follower.text(), (await client.ended(id)).state]).toEqual(['Running hello.py\nhello\n', 'succeeded']);
  }

  const machine = (id: string) => client.json<MachineView>('GET', `machines/${id}`);
  const machines = async () => (await client.json<Page<MachineView>>('GET', 'machines')).items;

  it('runs programs on this computer, whose worker knows it by its key, and leads browsers there', async () => {
    expect(client.cookie).toMatch(/^__Host-/);
    await hello((await client.machine()).id);
    const plain = await fetch(`http://127.0.0.1:${port}/`, { redirect: 'manual', headers: { accept: 'text/html' } });
    expect([plain.status, plain.headers.get('location')]).toEqual([308, `https://127.0.0.1:${tlsPort}/`]);
  });

  it('is joined by the served command, and keeps the machine when its certificate is renewed', async () => {
    const { command } = await client.json<JoinTokenView>('POST', 'machines/join-tokens');
    const terminal = await Terminal.of('root', '022');
    try {
      const before = (await machines()).map(({ id }) => id);
      await terminal.type(command, /worker ready/);
      const joined = (await machines()).find(({ id }) => !before.includes(id));
      expect(joined).toBeDefined();
      const { id } = joined as MachineView;
      await hello(id);

      await launcher.stop();
      const old = await readFile(certificateFile(), 'utf8');
      await rm(certificateFile());
      launcher = start();
      await launcher.start();
      const renewed = await readFile(certificateFile(), 'utf8');
      const [a, b] = [old, renewed].map((pem) => new X509Certificate(pem));
      expect([a?.serialNumber === b?.serialNumber, a?.publicKey.equals(b?.publicKey as never)]).toEqual([false, true]);
      client = await logIn();
      await hello(id);

      await terminal.ctrlC();
      await writeFile(join(terminal.home, 'mle-worker/server-key'), `sha256//${'A'.repeat(43)}=\n`);
      await terminal.type(`sh mle-install.sh --url ${client.url} --no-start; true`, /cannot be fetched/);
    } finally {
      await terminal.close();
    }
  });
});
