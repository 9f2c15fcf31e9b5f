import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { readJsonLines, writeJsonLine } from '../base/json-lines.js';
import type { StandInAnswer } from '../channel/messages.js';

/** A program such as `systemctl`: asks the machine over its socket, says what that says, and ends as that says. */
export async function runStandIn([socketPath = '', program = '', ...args]: string[]): Promise<void> {
  const input = program === 'nft' && args.includes('-') ? readFileSync(0, 'utf8') : '';
  const socket = createConnection(socketPath);
  const answered = new Promise<unknown>((resolve) => readJsonLines(socket, resolve));
  const closed = once(socket, 'close').then(() => null);
  writeJsonLine(socket, { program, args, input });
  // Its own machine answers, with what it knows: this starts often, and reads no schemas.
  const answer = (await Promise.race([answered, closed])) as StandInAnswer | null;
  if (answer === null) {
    process.stderr.write(`${program}: the machine is going down.\n`);
    process.exit(1);
  }
  process.stderr.write(answer.stderr);
  process.stdout.write(answer.stdout, () => process.exit(answer.code));
}
