import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { Announcement } from '@mle/simulated-ec2';
import { Account } from './account/account.js';
import { noMachines } from './account/machine.js';
import { type Command, readCommand, WrongArguments } from './base/config/arguments.js';
import { HOME_REGION } from './catalogue/regions.js';
import { AwsDoor } from './doors/aws-door.js';
import { ControlDoor } from './doors/control-door.js';
import { HttpServer } from './doors/http-server.js';

function report(error: unknown): void {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
}

async function serve({ port, settings, lifelineFd }: Command): Promise<void> {
  const controlToken = randomBytes(24).toString('base64url');
  const account = new Account(settings, noMachines);
  const server = new HttpServer(new AwsDoor(account), new ControlDoor(account, controlToken), report);
  const endpoint = `http://127.0.0.1:${await server.listen(port)}`;
  let isStopping = false;
  const stop = (): void => {
    if (isStopping) return;
    isStopping = true;
    Promise.all([server.close(), account.close()]).then(
      () => process.exit(0),
      (error: unknown) => {
        report(error);
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  if (lifelineFd !== null) {
    // Nothing is ever written to it: it ends when the process that holds the other end does.
    createReadStream('', { fd: lifelineFd }).on('close', stop).on('error', stop).resume();
  }
  const [{ accessKeyId, secretAccessKey, sessionToken }] = account.callers;
  const announcement: Announcement = {
    msg: 'simulated EC2 ready',
    endpoint,
    region: HOME_REGION,
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) },
    controlToken,
    machines: 'none',
  };
  process.stdout.write(`${JSON.stringify(announcement)}\n`);
}

try {
  await serve(readCommand(process.argv.slice(2)));
} catch (error) {
  if (error instanceof WrongArguments) process.stderr.write(`${error.message}\n`);
  else report(error);
  process.exit(error instanceof WrongArguments ? 2 : 1);
}
