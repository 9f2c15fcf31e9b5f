import { execFileSync } from 'node:child_process';
import { hash } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JoinTokenView, ListeningWorker, MachineView } from '@mle/protocol';
import { built, type Client, freePort, type Parts, ROOT, startParts, until } from '@mle/testing';
import { askReceiver } from '../../src/cloud/aws/dial/receiver-client.js';
import { userData, type UserDataWish } from '../../src/cloud/aws/user-data/user-data.js';
import { newKey, selfSigned } from '../../src/platform/tls/self-signed.js';
import { type ApiUnderTest, startApi } from '../api.js';
import { DebianMachine } from './debian-machine.js';
import { debianRoot, hasDebianRoot } from './debian-root.js';

const NAME = 'from a true system';
const MIRROR = '/srv/node';
const OWN_NODE = '/opt/mle/node/bin/node';
/** As cloud-init names it. */
const SCRIPT = '/var/lib/cloud/instance/scripts/part-001';
/** A system is made from a mirror, and boots on a computer that has much else to do. */
const LONGEST_MS = 600_000;
/** Who a run is, what the metadata service says to it, and which Node it finds. */
const PROGRAM = `
test "$(id -u)" -gt 65535 && echo a user of its own
curl -s --max-time 5 http://169.254.169.254/ || echo refused
node -p 'process.execPath'
`;

let parts: Parts;
let api: ApiUnderTest;
let ada: Client;
let metadata: Server;
/** As https://nodejs.org/dist has it. */
let node: { version: string; name: string; archive: Buffer };
let machine: DebianMachine;

beforeAll(async () => {
  if (!hasDebianRoot) return;
  debianRoot();
  node = packNode();
  parts = await startParts();
  api = await startApi(parts, { workerBundle: built('apps/worker/worker.mjs') });
  ada = await api.signUp('ada');
  metadata = createServer((_, answer) => answer.end('secret')).listen(0, '127.0.0.1');
  await once(metadata, 'listening');
}, LONGEST_MS);
afterAll(async () => {
  metadata?.close();
  await api?.close();
  await parts?.stop();
});
beforeEach(() => (machine = new DebianMachine()));
afterEach(() => machine.remove());

/** An archive of the Node of this computer, quickly made. */
function packNode(): typeof node {
  const installer = readFileSync(join(ROOT, 'deploy/install-worker.sh'), 'utf8');
  const version = /^NODE_VERSION=(.*)$/m.exec(installer)?.[1] ?? '';
  const name = `node-${version}-linux-${process.arch}`;
  const folder = mkdtempSync(join(tmpdir(), 'mle-node-'));
  mkdirSync(join(folder, name, 'bin'), { recursive: true });
  symlinkSync(process.execPath, join(folder, name, 'bin/node'));
  const args = ['--dereference', '--use-compress-program', 'gzip -1', '-cf', '-', name];
  const archive = execFileSync('tar', args, { cwd: folder, maxBuffer: 1 << 30 });
  rmSync(folder, { recursive: true });
  return { version, name, archive };
}

/** Boots it for the first time, with the real script in the place and with the environment of cloud-init's. */
async function bootFirst(reach: UserDataWish['reach'], endsAt: Date): Promise<void> {
  const [release, file] = [join(MIRROR, node.version), `${node.name}.tar.gz`];
  machine.write(join(release, file), node.archive);
  machine.write(join(release, 'SHASUMS256.txt'), `${hash('sha256', node.archive)}  ${file}\n`);
  machine.write(SCRIPT, userData({ reach, name: NAME, endsAt, nodeMirror: `file://${MIRROR}` }), 0o700);
  await start();
  expect(await machine.run(`systemd-run --quiet --wait --pipe ${SCRIPT}`)).toEqual({
    status: 0,
    stdout: expect.stringContaining('Setting up nftables') as string,
  });
}

async function start(): Promise<void> {
  await machine.start();
  await machine.reach(Number(new URL(api.url).port));
  await machine.reachMetadata((metadata.address() as AddressInfo).port);
}

async function untilOnline(online: boolean): Promise<MachineView> {
  const look = async (): Promise<MachineView | undefined> => {
    const { items } = await ada.json<{ items: MachineView[] }>('GET', 'machines');
    return items.find(({ name, state }) => name === NAME && (state === 'online') === online);
  };
  return until(`the machine is ${online ? 'online' : 'gone'}`, look, 60_000, 100).catch(async (error: unknown) => {
    const { stdout } = await machine.run('journalctl --no-pager -u "mle-*"');
    throw new Error(`${String(error)}\n${stdout}`);
  });
}

async function expectRun({ id: machineId }: MachineView): Promise<void> {
  const project = await ada.createProject(`p${Math.random().toString(36).slice(2)}`);
  await ada.putFile(project.id, 'who.sh', PROGRAM);
  const { id } = await ada.startRun({ projectId: project.id, file: 'who.sh', target: { machineId } });
  const { state } = await ada.ended(id);
  const lines = (await ada.output(id)).toString().split('\n');
  expect([state, ...lines.slice(-4)]).toEqual(['succeeded', 'a user of its own', 'refused', OWN_NODE, '']);
}

const say = async (command: string): Promise<string> => (await machine.run(command)).stdout.trim();

// Both want debootstrap, root and namespaces, which few computers have: else they count as skipped.
(hasDebianRoot ? it : it.skip)(
  'joins from a true Debian or Ubuntu with its own systemd, comes back after a reboot, and powers off when its time is over @full',
  async () => {
    const { token: joinToken } = await ada.json<JoinTokenView>('POST', 'machines/join-tokens');
    await bootFirst({ way: 'join', serverUrl: api.url, serverKey: null, joinToken }, new Date('2037-01-02T03:04:05Z'));
    const joined = await untilOnline(true);
    expect(await say('TZ=UTC systemctl show --value -p NextElapseUSecRealtime mle-end.timer')).toBe(
      'Fri 2037-01-02 03:04:05 UTC',
    );
    expect(await say('readlink /proc/$(systemctl show --value -p MainPID mle-worker)/exe')).toBe(OWN_NODE);
    expect(await say('python3 -c "import ensurepip"')).toBe('');
    expect(await say('systemctl list-units --failed --no-legend "mle-*"')).toBe('');
    expect(await say('curl -s http://169.254.169.254/')).toBe('secret');
    await expectRun(joined);

    await machine.run('systemctl reboot');
    expect(await machine.ended()).toBe('rebooted');
    await untilOnline(false);
    await start();
    const back = await untilOnline(true);
    expect(back.id).toBe(joined.id);
    await expectRun(back);

    // The worker notes a new end there, and the guard looks each minute.
    await machine.run(`date -u -d '+3 seconds' '+%F %T UTC' >/opt/mle/data/ends-at; systemctl start mle-guard`);
    expect(await machine.ended()).toBe('powered off');
  },
  LONGEST_MS,
);

(hasDebianRoot ? it : it.skip)(
  'is dialled, and takes the worker and begins @full',
  async () => {
    const [port, from] = [8_471, await freePort()];
    const key = newKey();
    const introduction = { key, certificate: await selfSigned(key, ['machine.invalid']), token: 'c'.repeat(43) };
    await bootFirst({ way: 'dial', port, ...introduction }, new Date('2037-01-02T03:04:05Z'));
    await machine.letIn(port, from);
    const files = {
      'install.sh': readFileSync(join(ROOT, 'deploy/install-worker.sh'), 'utf8'),
      'worker.mjs': readFileSync(built('apps/worker/worker.mjs'), 'utf8'),
    };
    const at = { host: '127.0.0.1', port: from };
    const ask = (path: '/take' | '/begin', body: object) =>
      askReceiver(at, { ...introduction, worker: null }, path, body);
    const worker = (await until('it takes the worker', () =>
      ask('/take', { files }).catch(() => null),
    )) as ListeningWorker;
    expect(await ask('/begin', {})).toEqual({});
    const connect = { url: `https://127.0.0.1:${from}`, ...worker, name: NAME };
    await until('it is dialled', async () => (await ada.post('machines/connect', connect)).status < 300);
    await expectRun(await untilOnline(true));
  },
  LONGEST_MS,
);
