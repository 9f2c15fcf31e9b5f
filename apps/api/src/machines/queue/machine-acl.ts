import { randomBytes } from 'node:crypto';
import { machineQueue, QUEUE_PREFIX } from '@mle/protocol';
import type { Redis } from 'ioredis';

export const machineKeyPrefix = (machineId: string): string => `${QUEUE_PREFIX}:${machineQueue(machineId)}:`;
const aclUser = (machineId: string): string => `mle-${machineQueue(machineId)}`;

/** What BullMQ's scripts call inside, and what its consumer sends. */
const COMMANDS = [
  '-@all',
  '+@read',
  '+@write',
  '+@connection',
  '+@blocking',
  '+eval',
  '+evalsha',
  '+time',
  '+ping',
  '-auth',
  '-reset',
  '-select',
  '-swapdb',
  '-keys',
  '-scan',
  '-randomkey',
  '-dbsize',
  '-flushall',
  '-flushdb',
  '-migrate',
  '-restore',
  '-sort',
  '-sort_ro',
];

/** Password of each machine's Redis user in this process: it is never stored, and set anew after each start. */
const passwords = new Map<string, string>();

/** Sets the Redis user of a machine, so that even past the gate only this machine's keys can be reached. */
export async function setMachineUser(redis: Redis, machineId: string): Promise<{ username: string; password: string }> {
  const username = aclUser(machineId);
  const password = passwords.get(machineId) ?? randomBytes(24).toString('base64url');
  passwords.set(machineId, password);
  await redis.call(
    'ACL',
    'SETUSER',
    username,
    'reset',
    'on',
    `>${password}`,
    `~${machineKeyPrefix(machineId)}*`,
    'resetchannels',
    ...COMMANDS,
  );
  return { username, password };
}

export async function removeMachineUser(redis: Redis, machineId: string): Promise<void> {
  passwords.delete(machineId);
  await redis.call('ACL', 'DELUSER', aclUser(machineId));
}
