import { appendFileSync, chmodSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import type { Logger } from '../base/logger.js';
import { mountOver } from './own-mounts.js';
import type { ListedUser } from './protocol.js';

const SYSTEM_LIST = '/etc/passwd';

/**
 * The system's list of users with those of runs below it, for the programs that this supervisor starts. The file is
 * mounted over the system's, in the mounts of the supervisor alone; it is only ever added to while it is read.
 */
export class UserList {
  private readonly users = new Map<number, ListedUser>();
  private failed = false;

  constructor(
    private readonly file: string,
    private readonly log: Logger,
  ) {}

  /** Without an entry a program still learns its name, from USER. */
  show(uid: number, user: ListedUser): void {
    // The list has no way to say such a path.
    if (this.failed || /[:\n]/.test(user.home)) return;
    const isNew = !this.users.has(uid);
    this.users.set(uid, user);
    try {
      if (!this.isMounted()) this.mount();
      else if (isNew) appendFileSync(this.file, line([uid, user]));
    } catch (error) {
      this.failed = true;
      this.log.warn({ err: error }, 'Programs of runs do not find their user in the list of the system.');
    }
  }

  /** Where the system's list is replaced by a new one, as by `useradd`, what was mounted over it goes. */
  private isMounted(): boolean {
    const shown = statSync(SYSTEM_LIST);
    const own = statSync(this.file, { throwIfNoEntry: false });
    return shown.ino === own?.ino && shown.dev === own.dev;
  }

  private mount(): void {
    const system = readFileSync(SYSTEM_LIST, 'utf8');
    rmSync(this.file, { force: true });
    const end = system === '' || system.endsWith('\n') ? '' : '\n';
    writeFileSync(this.file, `${system}${end}${[...this.users].map(line).join('')}`, { mode: 0o600 });
    chmodSync(this.file, 0o644);
    mountOver(SYSTEM_LIST, this.file);
  }
}

const line = ([uid, { name, home }]: [number, ListedUser]): string => `${name}:x:${uid}:${uid}::${home}:/bin/sh\n`;
