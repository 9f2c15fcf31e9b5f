import type { CommandResult } from '@mle/simulated-ec2';
import type { Instance } from './instance.js';

/** What an instance is on this host. Its disk lives until it is removed; its processes while it is on. */
export interface Machine {
  /** Boots. User-data runs at the first time only. */
  switchOn(): void;
  /** Ends all in order, as long as it may take; then it is off. */
  shutDown(): Promise<void>;
  /** Cuts the power. */
  switchOff(): Promise<void>;
  /** Boots anew, without user-data. */
  reboot(): void;
  /** Switches off, and deletes the disk. */
  remove(): Promise<void>;
  /** What it has written to its console. */
  console(): Buffer;
  /** Runs a bash command inside. */
  run(command: string): Promise<CommandResult>;
}

export interface Machines {
  /** `onPowerOff` is told when the machine switched itself off. */
  create(id: string, instance: () => Instance, onPowerOff: () => void): Machine;
}

/** Instances that exist on paper only. */
export const noMachines: Machines = {
  create: () => ({
    switchOn: () => undefined,
    shutDown: () => Promise.resolve(),
    switchOff: () => Promise.resolve(),
    reboot: () => undefined,
    remove: () => Promise.resolve(),
    console: () => Buffer.alloc(0),
    run: () => Promise.reject(new Error('Instances run nothing in this simulation (machines: none).')),
  }),
};
