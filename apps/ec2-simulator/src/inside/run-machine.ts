import { Socket } from 'node:net';
import { CHANNEL_FD } from '../channel/messages.js';
import { MachineProcess, prepareRoot } from './machine-process.js';
import type { MachineSetting } from './machine-setting.js';

/** The process that is a machine. Its setting is its only argument. */
export async function runMachine([text = '']: string[]): Promise<void> {
  const setting = JSON.parse(text) as MachineSetting;
  process.on('SIGTERM', () => undefined);
  process.on('SIGINT', () => undefined);
  prepareRoot(setting.root);
  const channel = new Socket({ fd: CHANNEL_FD, readable: true, writable: true });
  await new MachineProcess(setting, channel).serve();
}
