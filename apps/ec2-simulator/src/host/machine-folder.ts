import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What an instance has on the disk of this host; it goes when the instance is terminated. */
export class MachineFolder {
  /** What the instance writes. */
  readonly disk: string;
  /** Sockets and stand-ins. */
  readonly run: string;

  constructor(readonly top: string) {
    this.disk = join(top, 'disk');
    this.run = join(top, 'run');
    mkdirSync(this.disk, { recursive: true });
    mkdirSync(this.run, { recursive: true, mode: 0o711 });
  }

  get metadataSocket(): string {
    return join(this.run, 'metadata.sock');
  }

  get hostSocket(): string {
    return join(this.run, 'host.sock');
  }

  get inboundSocket(): string {
    return join(this.run, 'inbound.sock');
  }

  remove(): void {
    rmSync(this.top, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Writes programs that hand their arguments to the machine. */
export function writeStandIns(folder: string, programs: readonly string[], bundle: string, socketPath: string): void {
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o755);
  for (const program of programs) {
    const words = [process.execPath, bundle, 'stand-in', socketPath, program].map(quoted).join(' ');
    writeFileSync(join(folder, program), `#!/bin/sh\nexec ${words} "$@"\n`, { mode: 0o755 });
  }
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
