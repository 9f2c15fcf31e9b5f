import { join } from 'node:path';
import { INSTANCE_MARK, STAND_INS } from '../channel/messages.js';
import type { MachineSetting } from '../inside/machine-setting.js';
import { type Isolation, type MachineCommand, SYSTEM_PATH } from './isolation.js';
import { type MachineFolder, writeStandIns } from './machine-folder.js';

/** Machines that are only a folder: MLE_ROOT names it, and scripts put it before each path that they write to. */
export class PlainFolder implements Isolation {
  readonly kind = 'folder';

  constructor(private readonly bundle: string) {}

  setting(instanceId: string, folder: MachineFolder, metadataPort: number): MachineSetting {
    return {
      instanceId,
      root: folder.disk,
      environment: {
        PATH: `${join(folder.run, 'bin')}:${SYSTEM_PATH}`,
        LANG: 'C.UTF-8',
        HOME: join(folder.disk, 'root'),
        TMPDIR: join(folder.disk, 'tmp'),
        MLE_ROOT: folder.disk,
        [INSTANCE_MARK]: instanceId,
        AWS_EC2_METADATA_SERVICE_ENDPOINT: `http://127.0.0.1:${metadataPort}`,
      },
      socketPath: join(folder.run, 'machine.sock'),
      forwards: null,
    };
  }

  command(folder: MachineFolder, setting: MachineSetting): MachineCommand {
    writeStandIns(join(folder.run, 'bin'), STAND_INS, this.bundle, setting.socketPath);
    return {
      file: process.execPath,
      args: [this.bundle, 'machine', JSON.stringify(setting)],
      env: { PATH: SYSTEM_PATH, [INSTANCE_MARK]: setting.instanceId },
    };
  }
}
