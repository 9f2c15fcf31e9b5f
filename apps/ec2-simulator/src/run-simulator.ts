import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { Announcement } from '@mle/simulated-ec2';
import { Account } from './account/account.js';
import { noMachines } from './account/machine.js';
import { Clock } from './base/clock.js';
import { readCommand } from './base/config/arguments.js';
import { HOME_REGION } from './catalogue/regions.js';
import { AwsDoor } from './doors/aws-door.js';
import { ControlDoor } from './doors/control-door.js';
import { HttpServer } from './doors/http-server.js';
import { HostMachines } from './host/host-machines.js';

/** Serves until it is stopped, and says in one line of JSON where and for whom. */
export async function runSimulator(argv: string[]): Promise<void> {
  const { port, settings, lifelineFd } = readCommand(argv);
  const clock = new Clock();
  const { host, remark } = await HostMachines.open(process.argv[1] ?? '', settings, clock, report);
  const account = new Account(settings, host ?? noMachines, clock);
  const controlToken = randomBytes(24).toString('base64url');
  const server = new HttpServer(new AwsDoor(account), new ControlDoor(account, controlToken), report);
  const close = async (): Promise<void> => {
    await Promise.all([server.close(), account.close()]);
    host?.close();
  };
  const endpoint = `http://127.0.0.1:${await server.listen(port)}`;
  stopWhenAsked(lifelineFd, close);
  const [{ accessKeyId, secretAccessKey, sessionToken }] = account.callers;
  const announcement: Announcement = {
    msg: 'simulated EC2 ready',
    endpoint,
    region: HOME_REGION,
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) },
    controlToken,
    machines: host?.isolation.kind ?? 'none',
    ...(remark === null ? {} : { remark }),
  };
  process.stdout.write(`${JSON.stringify(announcement)}\n`);
}

function stopWhenAsked(lifelineFd: number | null, close: () => Promise<void>): void {
  let isStopping = false;
  const stop = (): void => {
    if (isStopping) return;
    isStopping = true;
    close().then(
      () => process.exit(0),
      (error: unknown) => {
        report(error);
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  if (lifelineFd === null) return;
  // Nothing is ever written to it: it ends when the process that holds the other end does.
  createReadStream('', { fd: lifelineFd }).on('close', stop).on('error', stop).resume();
}

function report(error: unknown): void {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
}
