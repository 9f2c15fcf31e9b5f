import { readFileSync } from 'node:fs';

export interface User {
  name: string;
  uid: number;
  gid: number;
  home: string;
  shell: string;
}

/** A user of the machine by name or number, as its /etc/passwd has it now. */
export function findUser(nameOrUid: string): User | null {
  for (const line of readFileSync('/etc/passwd', 'utf8').split('\n')) {
    const [name = '', , uid = '', gid = '', , home = '', shell = ''] = line.split(':');
    if (name !== '' && (name === nameOrUid || uid === nameOrUid))
      return { name, uid: Number(uid), gid: Number(gid), home, shell };
  }
  return null;
}

/** The number of a group by its name or number. */
export function findGroup(nameOrGid: string): number | null {
  for (const line of readFileSync('/etc/group', 'utf8').split('\n')) {
    const [name = '', , gid = ''] = line.split(':');
    if (name !== '' && (name === nameOrGid || gid === nameOrGid)) return Number(gid);
  }
  return null;
}
