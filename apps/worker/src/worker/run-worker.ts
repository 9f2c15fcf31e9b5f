import { mkdirSync, realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { WorkerSettings } from '../base/config/arguments.js';
import { BadArgument } from '../base/config/bad-argument.js';
import { readEnvironment } from '../base/config/environment.js';
import { createLogger } from '../base/logger.js';
import { announcement } from '../server/listen/announcement.js';
import { CarrierListener } from '../server/listen/carrier-listener.js';
import { listenIdentity } from '../server/listen/listen-identity.js';
import { watchLifeline } from './lifeline.js';
import { WorkerApp } from './worker-app.js';
import { lockDataDir } from './worker-lock.js';

/** The worker's process, until a signal or its lifeline ends it. */
export async function runWorker(settings: WorkerSettings): Promise<void> {
  if (process.getuid?.() === 0 && process.platform !== 'linux')
    throw new BadArgument('On this system the worker cannot keep runs apart from root. Start it as another user.');
  const environment = readEnvironment();
  mkdirSync(settings.dataDir, { recursive: true, mode: 0o700 });
  const dataDir = realpathSync(settings.dataDir);
  const unlock = lockDataDir(dataDir);
  process.on('exit', unlock);
  const log = createLogger('worker', environment.logLevel);
  const { listen } = settings.server;
  const identity = listen === null ? null : await listenIdentity(dataDir, listen.token);
  const listener = identity === null ? null : new CarrierListener(identity, settings.name, log);
  const bundle = fileURLToPath(import.meta.url);
  const replaced = (): void => leave(() => app.leave());
  const app = new WorkerApp({ ...settings, dataDir }, environment, bundle, log, listener, replaced);

  const exit = (work: Promise<void>): void => {
    void work.then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, 'The worker did not end cleanly.');
        process.exit(1);
      },
    );
  };
  let leaving = false;
  const leave = (how: () => Promise<void>): void => {
    if (leaving) return;
    leaving = true;
    exit(how());
  };
  const onSignal = (): void => leave(() => (settings.lifelineFd === null ? app.leave() : app.stopRunsAndEnd()));
  // The runs outlive it, and the next worker takes them up.
  process.on('uncaughtException', (error) => {
    log.fatal({ err: error }, 'Something failed in the worker. It ends.');
    process.exit(1);
  });
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
  if (settings.lifelineFd !== null) {
    watchLifeline(settings.lifelineFd, {
      stop: () => leave(() => app.stopRunsAndEnd()),
      kill: () => exit(app.killRunsAndEnd()),
    });
  }
  await app.start();
  // Only now: whoever dials is answered by all parts.
  if (listen !== null && listener !== null && identity !== null) {
    const port = await listener.listen(listen, app.dialHandlers);
    process.stdout.write(announcement(identity, port, listen.host));
  }
}
