import { execFile } from 'node:child_process';
import { closeSync, constants, openSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

export interface Pipe {
  readFd: number;
  /** For the child; close it here after the spawn. */
  writeFd: number;
}

/** So many are made at once, and more when few are left: a process of its own for each run would cost what it saves. */
const SPARE = 96;
const FEW = 8;

/**
 * Real pipes for children. Node itself gives a child sockets, and a program that opens /dev/stdout or
 * /dev/stderr then fails. Made ahead, several by one `mkfifo`, so that a run does not wait for it.
 */
export class FifoPool {
  private readonly ready: string[] = [];
  private made = 0;
  private making: Promise<void> | null = null;

  constructor(private readonly folder: string) {}

  async fill(): Promise<void> {
    if (this.ready.length >= FEW) return;
    this.making ??= this.make().finally(() => {
      this.making = null;
    });
    await this.making;
  }

  async take(): Promise<Pipe> {
    if (this.ready.length === 0) await this.fill();
    const path = this.ready.pop();
    if (path === undefined) return this.take();
    // The reader first: a writer alone would wait for it.
    const readFd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const writeFd = openSync(path, constants.O_WRONLY);
    unlinkSync(path);
    return { readFd, writeFd };
  }

  private async make(): Promise<void> {
    const count = SPARE - this.ready.length;
    const paths = Array.from({ length: count }, () => join(this.folder, `pipe-${process.pid}-${this.made++}`));
    // Writable by all: the child's own uid opens it again through /dev/stdout. The folder keeps others out.
    if (count > 0) await promisify(execFile)('mkfifo', ['-m', '622', ...paths]);
    this.ready.push(...paths);
  }
}

export function closePipe(pipe: Pipe): void {
  closeSync(pipe.readFd);
  closeSync(pipe.writeFd);
}
