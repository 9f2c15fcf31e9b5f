import type { MachineSetting } from '../inside/machine-setting.js';
import type { MachineFolder } from './machine-folder.js';

/** The command that runs a machine, and the environment that it starts in. */
export interface MachineCommand {
  file: string;
  args: string[];
  env: Record<string, string>;
}

/** How far a machine is kept apart from this host. */
export interface Isolation {
  readonly kind: 'namespaces' | 'folder';
  /** The metadata service listens on this port of the loopback, where it does not listen on a socket in the folder. */
  setting(instanceId: string, folder: MachineFolder, metadataPort: number): MachineSetting;
  command(folder: MachineFolder, setting: MachineSetting): MachineCommand;
}

export const SYSTEM_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
