import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

// By the programs of the system: they do tens of thousands of files in a second, and never follow a link.

/** Gives a folder with all that is in it to a user; nobody else gets in. */
export async function giveTo(uid: number, folder: string): Promise<void> {
  await run('chown', ['-R', '-h', `${uid}:${uid}`, folder]);
  await run('chmod', ['700', folder]);
}

/** Takes a folder with all that is in it: others may read it and run what is in it, with their own rights only. */
export async function takeForReading(folder: string): Promise<void> {
  await run('chown', ['-R', '-h', '0:0', folder]);
  await run('chmod', ['-R', 'u=rwX,go=rX', folder]);
}

/** Takes the folder itself, which closes it: what is in it may be given to the next user. */
export async function takeAndClose(folder: string): Promise<void> {
  await run('chown', ['-h', '0:0', folder]);
  await run('chmod', ['700', folder]);
}
