import { createReadStream } from 'node:fs';
import { text } from 'node:stream/consumers';
import { parseArguments, WrongArguments } from './arguments.js';
import { startStore } from './store.js';

const LONGEST_SOCKET_PATH = 107;

function say(line: Record<string, unknown>): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

function fail(error: unknown, code: number): void {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = code;
}

async function main(): Promise<void> {
  const options = parseArguments(process.argv.slice(2));
  if (Buffer.byteLength(options.socket) > LONGEST_SOCKET_PATH)
    throw new WrongArguments(`The socket path is longer than ${LONGEST_SOCKET_PATH} bytes: ${options.socket}`);
  const secret = (await text(process.stdin)).trim();
  if (secret === '') throw new WrongArguments('The secret that connections show is missing on standard input.');
  const report = (error: unknown): void =>
    void process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  const store = await startStore({ ...options, secret, report });
  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    store.close().then(
      () => process.exit(0),
      (error: unknown) => {
        report(error);
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  if (options.lifelineFd !== undefined) {
    // Nothing is ever written to it: it ends when the process that holds the other end does.
    const lifeline = createReadStream('', { fd: options.lifelineFd });
    lifeline.on('close', stop).on('error', stop).resume();
  }
  say({ msg: 'store ready', socket: options.socket, pid: process.pid });
}

main().catch((error: unknown) => fail(error, error instanceof WrongArguments ? 2 : 1));
