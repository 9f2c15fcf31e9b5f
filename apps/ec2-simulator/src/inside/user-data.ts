import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { MachineSetting } from './machine-setting.js';

const LONGEST_SCRIPT = 1_048_576;

/** Runs the script of user-data as cloud-init does: once, as root, with its output on the console and in a log. */
export async function runUserData(
  data: Buffer,
  { root, environment }: MachineSetting,
  toConsole: (text: string) => void,
): Promise<void> {
  const script = unpacked(data);
  if (script.length === 0) return;
  if (!script.subarray(0, 2).equals(Buffer.from('#!'))) {
    toConsole('ec2-simulator: user-data that is no script (#!) is not run in a simulation\n');
    return;
  }
  const folder = join(root, '/var/lib/cloud/instance/scripts');
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'part-001');
  writeFileSync(path, script, { mode: 0o700 });
  const log = createWriteStream(join(root, '/var/log/cloud-init-output.log'), { flags: 'a' });
  const child = spawn(path, [], {
    cwd: root || '/',
    env: environment,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (bytes: Buffer) => {
      log.write(bytes);
      toConsole(bytes.toString());
    });
  }
  const end = await new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => resolve(signal === null ? `status ${code}` : `signal ${signal}`));
    child.once('error', (error) => resolve(error.message));
  });
  toConsole(`ec2-simulator: user-data ended with ${end}\n`);
}

function unpacked(data: Buffer): Buffer {
  return data[0] === 0x1f && data[1] === 0x8b ? gunzipSync(data, { maxOutputLength: LONGEST_SCRIPT }) : data;
}
