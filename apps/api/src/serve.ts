import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { type AddressInfo, Socket } from 'node:net';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { createApplication } from './application.js';
import type { Config } from './platform/config/config.js';
import { ConfigError } from './platform/config/config-error.js';
import { logger } from './platform/logging/logger.js';
import { redirectServer } from './platform/tls/redirect-server.js';

const SHUTDOWN_MS = 5_000;
/** Requests get this long to end by themselves. */
const REQUESTS_MS = 2_500;

/** Runs the server until SIGTERM, SIGINT or the end of the launcher. */
export async function serve(config: Config): Promise<void> {
  mkdirSync(config.dataDir, { recursive: true, mode: 0o700 });
  const app = await createApplication(config);
  const stop = stopper(app);
  process.on('uncaughtException', (error) => {
    logger.fatal({ err: error }, 'ends by an error that nobody handled');
    process.exit(1);
  });
  process.once('SIGTERM', () => stop('SIGTERM')).once('SIGINT', () => stop('SIGINT'));
  if (config.lifelineFd !== null) watchLifeline(config.lifelineFd, () => stop('the launcher is gone'));
  const url = await listen(app, config);
  // The launcher waits for this line, whatever the log level.
  process.stdout.write(
    `${JSON.stringify({ level: 'info', time: new Date().toISOString(), msg: 'api ready', url: config.publicUrl ?? url })}\n`,
  );
}

/** @returns the address on this computer */
async function listen(app: NestExpressApplication, config: Config): Promise<string> {
  const { tls, host } = config;
  const own = tls === null ? { name: 'MLE_PORT', port: config.port } : { name: 'MLE_TLS_PORT', port: tls.port };
  const port = await opened(app, host, own, () => app.listen(own.port, host));
  if (tls !== null) {
    const redirects = redirectServer(config, port);
    const plain = { name: 'MLE_PORT', port: config.port };
    await opened(app, host, plain, () => once(redirects.listen(plain.port, host), 'listening'));
  }
  return `${tls === null ? 'http' : 'https'}://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** @returns the port, also where any free one was to be taken */
async function opened(
  app: NestExpressApplication,
  host: string,
  { name, port }: { name: string; port: number },
  open: () => Promise<unknown>,
): Promise<number> {
  try {
    await open();
    return (app.getHttpServer().address() as AddressInfo).port;
  } catch (error) {
    await app.close();
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE')
      throw new ConfigError([
        `Port ${port} of ${host} is in use by another program. End that program, or set ${name} to a free port.`,
      ]);
    if (code === 'EACCES')
      throw new ConfigError([`Port ${port} may not be opened by this user. Set ${name} to a port from 1024.`]);
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
      throw new ConfigError([
        `${host} is no address of this computer. Set MLE_HOST to one that is, such as 127.0.0.1.`,
      ]);
    throw error;
  }
}

function stopper(app: NestExpressApplication): (cause: string) => void {
  let stopping = false;
  return (cause) => {
    if (stopping) return;
    stopping = true;
    logger.info({ cause }, 'stopping');
    setTimeout(() => app.getHttpServer().closeAllConnections(), REQUESTS_MS).unref();
    const late = setTimeout(() => {
      logger.warn('not everything ended in time');
      process.exit(1);
    }, SHUTDOWN_MS);
    app.close().then(
      () => {
        clearTimeout(late);
        process.exit(0);
      },
      (error: unknown) => {
        logger.error({ err: error }, 'shutdown failed');
        process.exit(1);
      },
    );
  };
}

/** The launcher holds the other end of this pipe: however it ends, the pipe closes. */
function watchLifeline(fd: number, onClosed: () => void): void {
  const pipe = new Socket({ fd, readable: true, writable: false });
  pipe.on('error', onClosed).on('close', onClosed).resume().unref();
}
