import { rmSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const GUARD = fileURLToPath(new URL('./guard.sh', import.meta.url));

/**
 * Describes a Redis on a private unix socket that keeps nothing on disk: what it holds is made again from the database.
 * @param {{ binary: import('./redis-binary.mjs').RedisBinary, socket: string, secret: string, dataDir: string }} where
 */
export function redisPart({ binary, socket, secret, dataDir }) {
  // On standard input, so that the secret stands in no argument list.
  const input = [
    `unixsocket "${socket}"`,
    'unixsocketperm 600',
    'port 0',
    'save ""',
    'appendonly no',
    'maxmemory-policy noeviction',
    `dir "${dataDir}"`,
    `requirepass ${secret}`,
    'daemonize no',
    '',
  ].join('\n');
  return {
    command: () => {
      rmSync(socket, { force: true });
      return {
        file: 'sh',
        args: [GUARD, binary.file, '-'],
        env: { PATH: process.env['PATH'], MLE_DATA_DIR: dataDir, ...binary.env },
        input,
      };
    },
    probe: async (/** @type {() => boolean} */ isCurrent) => {
      while (isCurrent() && !(await pingRedis(socket, secret))) await pause(20);
      if (!isCurrent()) throw new Error('It ended.');
    },
  };
}

/** @param {string} runtimeDir */
export function redisSocket(runtimeDir) {
  return join(runtimeDir, 'redis.sock');
}

/**
 * @param {string} socket
 * @param {string} secret
 */
export function redisUrl(socket, secret) {
  return `unix://:${secret}@${socket}`;
}

/**
 * @param {string} socket
 * @param {string} secret
 * @returns {Promise<boolean>}
 */
function pingRedis(socket, secret) {
  return new Promise((resolve) => {
    let answer = '';
    const connection = connect(socket);
    const done = (/** @type {boolean} */ ok) => {
      connection.destroy();
      resolve(ok);
    };
    connection.setTimeout(1_000, () => done(false));
    connection.on('error', () => done(false));
    connection.on('close', () => done(false));
    connection.on('connect', () => connection.write(`AUTH ${secret}\r\nPING\r\n`));
    connection.on('data', (bytes) => {
      answer += bytes.toString();
      if (answer.includes('+PONG')) done(true);
      else if (answer.includes('-')) done(false);
    });
  });
}
