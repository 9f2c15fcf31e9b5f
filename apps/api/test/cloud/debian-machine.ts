import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { until } from '@mle/testing';
import { cgroups, debianRoot, NAMESPACES } from './debian-root.js';

const METADATA = { host: '169.254.169.254', port: 80 };

/** Makes the machine's file system, and then is its systemd. What ends the process before it ends the machine. */
const BOOT = `
set -eu
root=$1 disk=$2
ip link set lo up
ip addr add ${METADATA.host}/32 dev lo
mount -t overlay overlay -o "lowerdir=$root,upperdir=$disk/upper,workdir=$disk/work" "$disk/root"
cd "$disk/root"
mount -t proc proc proc
mount -t sysfs -o ro sysfs sys
mount -t tmpfs -o mode=755 tmpfs run
mount -t tmpfs tmpfs tmp
mount -t tmpfs -o mode=755 tmpfs dev
mkdir dev/pts dev/shm
for device in null zero full random urandom tty; do
  touch "dev/$device"
  mount --bind "/dev/$device" "dev/$device"
done
mount -t cgroup2 cgroup2 sys/fs/cgroup
echo first-boot >/proc/sys/kernel/hostname
pivot_root . mnt
umount -l mnt
exec env -i container=mle PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd --log-target=journal
`;
/** In a cgroup of its own, below which systemd makes its own. */
const IN_CGROUP = 'set -eu; mkdir -p "$1"; echo $$ >"$1/cgroup.procs"; shift; exec "$@"';
/** Hands each connection on, from one address to another: from one network to another over a socket of the file system. */
const RELAY = `
const { createServer, connect } = require('node:net');
const [from, to] = process.argv.slice(1).map((text) => JSON.parse(text));
createServer((one) => {
  const other = connect(to);
  for (const socket of [one, other]) socket.on('error', () => [one, other].forEach((each) => each.destroy()));
  one.pipe(other).pipe(one);
}).listen(from, () => console.log('ready'));
`;

type Address = { host: string; port: number } | { path: string };

interface Ended {
  status: number | null;
  stdout: string;
}

/**
 * A machine whose system is a real Debian or Ubuntu with its own systemd as the first process, and whose network leads
 * nowhere but where it is connected to. What it has not is a kernel of its own, cloud-init and udev.
 */
export class DebianMachine {
  private readonly disk = mkdtempSync(join(tmpdir(), 'mle-debian-'));
  private readonly upper = join(this.disk, 'upper');
  private readonly cgroup = join(cgroups(), `mle-first-boot-${process.pid}`);
  private readonly relays: ChildProcess[] = [];
  private readonly proxy = createServer((question, answer) => {
    const onward = request(question.url ?? '', { headers: question.headers }, (found) => {
      answer.writeHead(found.statusCode ?? 502, found.headers);
      found.pipe(answer);
    });
    onward.on('error', () => answer.destroy());
    question.pipe(onward);
  });
  private init: ChildProcess | null = null;
  private pid = '';
  private sockets = 0;

  constructor() {
    // It is the machine's own root: whoever may not enter it enters nothing.
    for (const name of ['upper', 'work', 'root']) mkdirSync(join(this.disk, name), { mode: 0o755 });
  }

  /** Puts a file on its disk. */
  write(path: string, content: string | Uint8Array, mode = 0o644): void {
    mkdirSync(join(this.upper, path, '..'), { recursive: true });
    writeFileSync(join(this.upper, path), content, { mode });
  }

  /** Switches it on, and waits for its systemd. Its apt reaches the mirror of this computer, as a machine's reaches the world. */
  async start(): Promise<void> {
    if (!this.proxy.listening) await once(this.proxy.listen(0, '127.0.0.1'), 'listening');
    const { port } = this.proxy.address() as AddressInfo;
    this.write('etc/apt/apt.conf.d/99proxy', `Acquire::http::Proxy "http://127.0.0.1:${port}";\n`);
    const boot = ['bash', '-c', BOOT, 'boot', debianRoot(), this.disk];
    const machine = ['unshare', ...NAMESPACES, '--fork', '--kill-child=SIGKILL', '--', ...boot];
    const init = spawn('setpriv', ['--pdeathsig', 'KILL', 'sh', '-c', IN_CGROUP, 'sh', this.cgroup, ...machine], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.init = init;
    let said = '';
    init.stderr?.on('data', (bytes: Buffer) => (said += String(bytes)));
    await until('its systemd is up', async () => {
      if (init.exitCode !== null || init.signalCode !== null) throw new Error(`The machine does not boot: ${said}`);
      this.pid = systemdBelow(init.pid ?? 0);
      if (this.pid === '') return false;
      const { stdout } = await this.run('systemctl is-system-running');
      return /running|degraded/.test(stdout);
    });
    await this.reach(port);
  }

  /** Runs a command of bash in it, as root. */
  async run(command: string, input = ''): Promise<Ended> {
    const args = ['--target', this.pid, '--all', '--', 'env', '-i', 'PATH=/usr/sbin:/usr/bin', 'bash', '-c', command];
    const child = spawn('nsenter', args, { stdio: ['pipe', 'pipe', 'pipe'] });
    child.stdin.on('error', () => undefined).end(input);
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
    return { status: child.exitCode, stdout: stdout + stderr };
  }

  /** Lets it reach what listens on this computer, at the same port of its own loopback or at another address. */
  async reach(port: number, at: Address = { host: '127.0.0.1', port }): Promise<void> {
    const path = join(this.disk, `${++this.sockets}.sock`);
    await this.relay([], { path }, { host: '127.0.0.1', port });
    await this.relay(['nsenter', '--target', this.pid, '--net', '--'], at, { path });
  }

  /** Answers at the address of the metadata service. */
  reachMetadata(port: number): Promise<void> {
    return this.reach(port, METADATA);
  }

  /** Lets this computer reach a port of it at one of its own. */
  async letIn(port: number, from: number): Promise<void> {
    const path = join(this.disk, `${++this.sockets}.sock`);
    await this.relay(['nsenter', '--target', this.pid, '--net', '--'], { path }, { host: '127.0.0.1', port });
    await this.relay([], { host: '127.0.0.1', port: from }, { path });
  }

  /** How it ended, which the kernel tells by a signal. */
  async ended(): Promise<'powered off' | 'rebooted' | 'killed'> {
    const { init } = this;
    if (init?.exitCode === null && init.signalCode === null) await once(init, 'exit');
    this.unplug();
    return init?.signalCode === 'SIGINT' ? 'powered off' : init?.signalCode === 'SIGHUP' ? 'rebooted' : 'killed';
  }

  async remove(): Promise<void> {
    this.init?.kill('SIGKILL');
    await this.ended();
    this.proxy.close();
    this.proxy.closeAllConnections();
    // The first of its processes is gone; the kernel ends the others, and only then its cgroups can go.
    await until('its processes are gone', () => !existsSync(this.cgroup) || this.removeGroups(), 60_000, 50);
    rmSync(this.disk, { recursive: true, force: true });
  }

  private removeGroups(): boolean {
    const args = [this.cgroup, '-depth', '-type', 'd', '-exec', 'rmdir', '{}', '+'];
    return spawnSync('find', args, { stdio: 'ignore' }).status === 0;
  }

  private unplug(): void {
    for (const relay of this.relays.splice(0)) relay.kill('SIGKILL');
  }

  private async relay(where: string[], from: Address, to: Address): Promise<void> {
    const program = [process.execPath, '-e', RELAY, JSON.stringify(from), JSON.stringify(to)];
    const child = spawn('setpriv', ['--pdeathsig', 'KILL', ...where, ...program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.relays.push(child);
    await once(child.stdout, 'data');
  }
}

/** The process by which a machine is entered: its first, once that is systemd. */
function systemdBelow(pid: number): string {
  try {
    const child = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
    return readFileSync(`/proc/${child}/comm`, 'utf8').trim() === 'systemd' ? child : '';
  } catch {
    return '';
  }
}
