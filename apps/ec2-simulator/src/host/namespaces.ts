import { execFile } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { INSTANCE_MARK, STAND_INS } from '../channel/messages.js';
import type { MachineSetting } from '../inside/machine-setting.js';
import { type Isolation, type MachineCommand, SYSTEM_PATH } from './isolation.js';
import { MachineFolder, writeStandIns } from './machine-folder.js';

/** Folders of this host that a machine sees as they are, and changes for itself only. */
const OWN = ['etc', 'opt', 'var', 'usr', 'home', 'root', 'srv'];
const RUN = '/run/ec2-simulator/run';
const TOOLS = '/run/ec2-simulator/tools';
/** Real nft works in a network of its own, where this host has it. */
const NFT = '/usr/sbin/nft';
const IN_SBIN = ['shutdown', 'poweroff', 'reboot', 'halt', 'nft'];

/**
 * Makes the machine's file system and network, and then is its first process: it takes in orphans, and all ends with it.
 * What the machine writes goes to its folder; everything else of this host is read-only.
 */
const BOOT = `
set -eu
disk=$1 run=$2 tools=$3 name=$4; shift 4
mount -t tmpfs -o mode=755 tmpfs /run
mkdir -p ${RUN} ${TOOLS} /run/systemd/system /run/lock
mount --bind "$run" ${RUN}
mount --bind "$tools" ${TOOLS}
for folder in ${OWN.join(' ')}; do
  [ -d "/$folder" ] || continue
  mkdir -p "$disk/$folder/upper" "$disk/$folder/work"
  mount -t overlay overlay -o "lowerdir=/$folder,upperdir=$disk/$folder/upper,workdir=$disk/$folder/work" "/$folder"
done
mkdir -p "$disk/units" "$disk/tmp" /etc/systemd/system
chmod 1777 "$disk/tmp"
mount --bind "$disk/units" /etc/systemd/system
mount --bind "$disk/tmp" /tmp
mount -t proc proc /proc
echo "$name" > /proc/sys/kernel/hostname
mount -o remount,bind,ro /
ip link set lo up
ip addr add 169.254.169.254/32 dev lo
"$@" &
wait "$!"
`;

/** Machines with a file system, processes and a network of their own. They need root, Linux, unshare and ip. */
export class Namespaces implements Isolation {
  readonly kind = 'namespaces';

  private constructor(
    private readonly tools: string,
    private readonly bundle: string,
  ) {}

  /** Tries it once, and fails with the reason where this host does not let it be. */
  static async probe(base: string, tools: string, bundle: string): Promise<Namespaces> {
    const isolation = new Namespaces(tools, bundle);
    const folder = new MachineFolder(join(base, 'probe'));
    try {
      const { file, args, env } = isolation.wrap(folder, [process.execPath, '--check', join(TOOLS, bundle)]);
      await promisify(execFile)(file, args, { env, timeout: 10_000 });
      return isolation;
    } finally {
      folder.remove();
    }
  }

  setting(instanceId: string): MachineSetting {
    return {
      instanceId,
      root: '',
      environment: { PATH: `${RUN}/bin:${SYSTEM_PATH}`, LANG: 'C.UTF-8', [INSTANCE_MARK]: instanceId },
      socketPath: `${RUN}/machine.sock`,
      forwards: {
        hostSocket: `${RUN}/host.sock`,
        metadataSocket: `${RUN}/metadata.sock`,
        inboundSocket: `${RUN}/inbound.sock`,
      },
    };
  }

  command(folder: MachineFolder, setting: MachineSetting): MachineCommand {
    const programs = STAND_INS.filter((program) => program !== 'nft' || !existsSync(NFT));
    const bundle = join(TOOLS, this.bundle);
    writeStandIns(join(folder.run, 'bin'), programs, bundle, setting.socketPath);
    // Units and scripts may name them by their full path.
    const usr = join(folder.disk, 'usr/upper');
    mkdirSync(usr, { recursive: true });
    writeStandIns(
      join(usr, 'bin'),
      programs.filter((program) => !IN_SBIN.includes(program)),
      bundle,
      setting.socketPath,
    );
    writeStandIns(
      join(usr, 'sbin'),
      programs.filter((program) => IN_SBIN.includes(program)),
      bundle,
      setting.socketPath,
    );
    return this.wrap(folder, [process.execPath, bundle, 'machine', JSON.stringify(setting)]);
  }

  private wrap(folder: MachineFolder, command: string[]): MachineCommand {
    const options = [
      '--mount',
      '--net',
      '--pid',
      '--uts',
      '--fork',
      '--kill-child=SIGKILL',
      '--propagation',
      'private',
    ];
    const name = basename(folder.top);
    const boot = ['/bin/bash', '-c', BOOT, 'boot', folder.disk, folder.run, this.tools, name];
    return { file: 'unshare', args: [...options, '--', ...boot, ...command], env: { PATH: SYSTEM_PATH } };
  }
}
