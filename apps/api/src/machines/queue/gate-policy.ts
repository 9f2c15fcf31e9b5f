import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';

/**
 * The scripts that a BullMQ consumer runs, by BullMQ's names. A producer's or an administrator's are not among them.
 */
const CONSUMER_SCRIPTS = ['moveToActive', 'moveToFinished', 'moveStalledJobsToWait', 'extendLock'];

/** Largest value that a machine may write: its deliveries carry ids only. */
const ARGUMENT_BYTES = 16 * 1024;

interface BullScript {
  name: string;
  content: string;
}

const sha1 = (text: string | Buffer): string => createHash('sha1').update(text).digest('hex');

function scriptDigests(): Set<string> {
  const all = Object.values(createRequire(import.meta.url)('bullmq/dist/cjs/scripts') as Record<string, BullScript>);
  return new Set(all.filter(({ name }) => CONSUMER_SCRIPTS.includes(name)).map(({ content }) => sha1(content)));
}

const DIGESTS = scriptDigests();

/**
 * Why a machine's connection may not send `words` to Redis, or null when it may. Whatever is not named
 * here is refused: the list is what the BullMQ consumer of the worker bundle sends, no more.
 */
export function refusal(words: readonly Buffer[], keyPrefix: string): string | null {
  const command = (words[0]?.toString('latin1') ?? '').toUpperCase();
  switch (command) {
    case 'PING':
      return null;
    case 'HELLO':
      return words.slice(2).every((word, i) => i % 2 === 1 || word.toString('latin1').toUpperCase() === 'SETNAME')
        ? null
        : 'HELLO may not log in';
    case 'CLIENT':
      return /^(SETNAME|SETINFO)$/i.test(words[1]?.toString('latin1') ?? '')
        ? null
        : 'of CLIENT only SETNAME and SETINFO are taken';
    case 'BZPOPMIN':
      return keysRefusal(words.slice(1, -1), keyPrefix);
    case 'EVAL':
    case 'EVALSHA':
      return scriptRefusal(command, words, keyPrefix);
    default:
      return `${command.slice(0, 32)} is not a command of a queue consumer`;
  }
}

function scriptRefusal(command: string, words: readonly Buffer[], keyPrefix: string): string | null {
  const script = words[1] ?? Buffer.alloc(0);
  const digest = command === 'EVAL' ? sha1(script) : script.toString('latin1').toLowerCase();
  if (!DIGESTS.has(digest)) return 'the script is not one of the queue library';
  const count = Number(words[2]?.toString('latin1'));
  if (!Number.isInteger(count) || count < 1 || words.length < 3 + count) return 'the number of keys is wrong';
  if (words.slice(3 + count).some((argument) => argument.length > ARGUMENT_BYTES)) return 'an argument is too large';
  return keysRefusal(words.slice(3, 3 + count), keyPrefix);
}

function keysRefusal(keys: readonly Buffer[], keyPrefix: string): string | null {
  if (keys.length === 0) return 'a key is missing';
  // BullMQ passes '' for a key that a script does not use in this call.
  return keys.every((key) => key.length === 0 || key.toString('latin1').startsWith(keyPrefix))
    ? null
    : "the key is not of this machine's queue";
}
