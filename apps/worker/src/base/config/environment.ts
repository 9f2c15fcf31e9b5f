import { delimiter, dirname } from 'node:path';
import { TIMING } from '@mle/protocol';
import { BadArgument } from './bad-argument.js';

/** What the worker and its supervisor read from the environment, once, at their start. */
export interface Environment {
  logLevel: string;
  /** After SIGINT, before SIGTERM. */
  stopGraceMs: number;
  /** After SIGTERM, before SIGKILL. */
  stopTermMs: number;
  /** What the cache of file contents may hold. */
  blobCacheBytes: number;
  path: string;
  home: string;
  lang: string;
}

const BLOB_CACHE_BYTES = 20 * 1024 ** 3;
const LONGEST_STOP_MS = 3_600_000;

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];

export function readEnvironment(env: NodeJS.ProcessEnv = process.env): Environment {
  const logLevel = env['MLE_LOG_LEVEL'] ?? 'info';
  if (!LEVELS.includes(logLevel))
    throw new BadArgument(`MLE_LOG_LEVEL is "${logLevel}". Use one of ${LEVELS.join(', ')}.`);
  return {
    logLevel,
    stopGraceMs: whole(env, 'MLE_STOP_GRACE_MS', TIMING.stopGraceMs, 'milliseconds', LONGEST_STOP_MS),
    stopTermMs: whole(env, 'MLE_STOP_TERM_MS', TIMING.stopTermMs, 'milliseconds', LONGEST_STOP_MS),
    blobCacheBytes: whole(env, 'MLE_BLOB_CACHE_BYTES', BLOB_CACHE_BYTES, 'bytes', Number.MAX_SAFE_INTEGER),
    path: withNode(env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin'),
    home: env['HOME'] ?? '/',
    lang: env['LANG'] ?? 'C.UTF-8',
  };
}

/** The folder of the node that runs this stands last: where the machine has no other, runs in JavaScript find it. */
function withNode(path: string): string {
  const folder = dirname(process.execPath);
  return path.split(delimiter).includes(folder) ? path : `${path}${delimiter}${folder}`;
}

/** The whole environment, for a process of our own that continues this one: the supervisor. */
export function inheritedEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env };
}

function whole(env: NodeJS.ProcessEnv, name: string, fallback: number, unit: string, most: number): number {
  const text = env[name];
  if (text === undefined || text === '') return fallback;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > most) {
    throw new BadArgument(`${name} is "${text}". Give whole ${unit} from 0 to ${most}.`);
  }
  return value;
}
