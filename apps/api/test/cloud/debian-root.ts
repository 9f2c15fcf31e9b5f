import { spawnSync } from 'node:child_process';
import {
  accessSync,
  appendFileSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '@mle/testing';

const CACHE = join(ROOT, 'node_modules/.cache/mle/first-boot');
/** What images of servers have beyond the smallest system, as far as a machine needs it; nftables is not among it. */
const INCLUDED = ['ca-certificates', 'curl', 'dbus', 'python3', 'systemd', 'systemd-sysv'];
const TOOLS = ['debootstrap', 'unshare', 'nsenter', 'setpriv', 'ip', 'apt-get'];
/** What the boot of a machine needs from the kernel. */
const TRIAL = `
set -eu
mount -t tmpfs tmpfs /mnt
mkdir /mnt/one /mnt/two /mnt/three /mnt/cgroup
mount -t overlay overlay -o lowerdir=/mnt/one,upperdir=/mnt/two,workdir=/mnt/three /mnt/one
mount -t cgroup2 cgroup2 /mnt/cgroup
`;

/** The namespaces of a machine; `--kill-child` is given by whoever starts one. */
export const NAMESPACES = ['--mount', '--net', '--pid', '--ipc', '--uts', '--cgroup', '--propagation', 'private'];

/** Where the unified tree of cgroups is. */
export function cgroups(): string {
  const line = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .find((each) => each.split(' ')[2] === 'cgroup2');
  return line?.split(' ')[1] ?? '/sys/fs/cgroup';
}

/** The distribution of this computer, and the mirror that its own apt takes it from: null where a root cannot be made or booted. */
function findSource(): { id: string; suite: string; mirror: string } | null {
  const has = (program: string): boolean => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
  if (process.getuid?.() !== 0 || !TOOLS.every(has)) return null;
  if (spawnSync('unshare', [...NAMESPACES, '--fork', 'sh', '-c', TRIAL]).status !== 0) return null;
  if (!mayWrite(cgroups())) return null;
  const release = readFileSync('/etc/os-release', 'utf8');
  const value = (key: string): string => new RegExp(`^${key}="?([^"\\n]*)`, 'm').exec(release)?.[1] ?? '';
  const suite = value('VERSION_CODENAME');
  const format = '$(CODENAME) $(COMPONENT) $(REPO_URI)';
  const { stdout } = spawnSync('apt-get', ['indextargets', '--format', format, 'Created-By: Packages'], {
    encoding: 'utf8',
  });
  const mirror = stdout.split('\n').find((line) => line.startsWith(`${suite} main http://`));
  return mirror === undefined ? null : { id: value('ID'), suite, mirror: mirror.split(' ')[2] ?? '' };
}

function mayWrite(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

const source = findSource();
/** Whether this computer can make a system and boot it: else these tests are skipped, and count as skipped. */
export const hasDebianRoot = source !== null;

/** A small Debian or Ubuntu as debootstrap makes it, without anything of ours. It is made once, and nobody writes to it. */
export function debianRoot(): string {
  if (source === null) throw new Error('No system can be made here.');
  const folder = join(CACHE, `${source.id}-${source.suite}`);
  if (existsSync(folder)) return folder;
  mkdirSync(CACHE, { recursive: true });
  const made = mkdtempSync(join(CACHE, 'new-'));
  const root = join(made, 'root');
  const args = ['--variant=minbase', `--include=${INCLUDED.join()}`, source.suite, root, source.mirror];
  const { status, stdout, stderr } = spawnSync('debootstrap', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`debootstrap ended with ${status}: ${stdout.slice(-2_000)}${stderr}`);
  appendFileSync(join(root, 'etc/hosts'), '127.0.0.1 localhost first-boot\n');
  rmSync(join(root, 'var/cache/apt/archives'), { recursive: true });
  renameSync(root, folder);
  rmSync(made, { recursive: true });
  return folder;
}
