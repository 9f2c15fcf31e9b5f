import { rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { OUTPUTS } from './build.mjs';
import { ROOT } from './configuration.mjs';
import { privateFolder, secretFile } from './folders.mjs';
import { LocalInstances, onProcessors } from './local-instances.mjs';
import { LogFile } from './log-file.mjs';
import { Part } from './part.mjs';
import { redisPart, redisSocket, redisUrl } from './redis.mjs';

/** What only the API may know: the worker executes what users write. */
const SECRET = /^(MONGODB_URI|REDIS_URL|MLE_SECRET_KEY|MLE_ADMIN_.*|AWS_.*|npm_.*|INIT_CWD)$/;
/** They reach the API by a pipe: what is in an environment every program of the same user can read. */
const PIPED =
  /^(MONGODB_URI|REDIS_URL|MLE_SECRET_KEY|MLE_ADMIN_PASSWORD|AWS_(ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN))$/;
const LIFELINE = { MLE_LIFELINE_FD: '3' };

/** The processes of one data directory: how each is started and where its things lie. */
export class Installation {
  configuration;
  storeSocket;
  storeDir;
  tokenFile;
  #redisSecret;
  #redisSocket;
  #storeSecret;
  /** @type {LogFile[]} */
  #logs = [];

  /** @param {import('./configuration.mjs').Configuration} configuration */
  constructor(configuration) {
    this.configuration = configuration;
    privateFolder(configuration.dataDir);
    privateFolder(join(configuration.dataDir, 'logs'));
    privateFolder(configuration.runtimeDir);
    this.storeSocket = join(configuration.runtimeDir, 'store.sock');
    this.storeDir = join(configuration.dataDir, 'store');
    this.tokenFile = join(configuration.dataDir, 'local-join-token');
    this.#redisSocket = redisSocket(configuration.runtimeDir);
    this.#redisSecret = secretFile(join(configuration.dataDir, 'redis-secret'));
    this.#storeSecret = secretFile(join(configuration.dataDir, 'store-secret'));
    if (configuration.localWorker) secretFile(this.tokenFile);
  }

  /** @param {string} name */
  log(name) {
    const log = new LogFile(join(this.configuration.dataDir, 'logs', `${name}.log`));
    this.#logs.push(log);
    return log;
  }

  /** When all parts have ended. */
  close() {
    for (const log of this.#logs.splice(0)) log.close();
    rmSync(this.configuration.runtimeDir, { recursive: true, force: true });
  }

  get redisFolder() {
    return join(this.configuration.dataDir, 'redis-unpacked');
  }

  /** @param {import('./redis-binary.mjs').RedisBinary} binary @param {() => void} [onChange] */
  redis(binary, onChange) {
    const { dataDir } = this.configuration;
    const part = redisPart({ binary, socket: this.#redisSocket, secret: this.#redisSecret, dataDir });
    return new Part({ name: 'redis', ...part, cwd: ROOT, log: this.log('redis'), onChange });
  }

  /** @param {() => void} [onChange] */
  store(onChange) {
    const { dataDir } = this.configuration;
    const args = [
      join(ROOT, OUTPUTS['embedded-mongo']),
      '--socket',
      this.storeSocket,
      '--data',
      this.storeDir,
      '--lifeline-fd',
      '3',
    ];
    const env = { ...withoutSecrets(process.env), MLE_DATA_DIR: dataDir, ...LIFELINE };
    return new Part({
      name: 'store',
      command: () => ({ file: process.execPath, args, env, input: this.#storeSecret }),
      cwd: ROOT,
      log: this.log('store'),
      onChange,
    });
  }

  /** @param {() => void} [onChange] @param {(message: unknown) => void} [onMessage] */
  api(onChange, onMessage) {
    const command = () => {
      const { env, secrets } = this.apiEnvironment();
      return {
        file: process.execPath,
        args: ['--enable-source-maps', join(ROOT, OUTPUTS.api)],
        env: { ...env, MLE_SECRETS_FD: '0', ...LIFELINE, ...(onMessage && { MLE_LAUNCHER_CHANNEL: '1' }) },
        input: secrets,
      };
    };
    return new Part({ name: 'api', command, cwd: ROOT, log: this.log('api'), onChange, onMessage });
  }

  /** @param {string} url @param {() => void} [onChange] */
  worker(url, onChange) {
    const data = join(this.configuration.dataDir, 'worker');
    const log = this.log('worker');
    return this.#workerPart(url, { data, tokenFile: this.tokenFile, name: 'this computer', cpus: null, log, onChange });
  }

  /**
   * The instances of this computer, as the API wants them.
   * @param {string} url
   * @param {(report: import('./local-instances.mjs').Report) => void} report
   * @param {() => void} onChange a process of them began or ended
   */
  instances(url, report, onChange) {
    const log = this.log('instances');
    return new LocalInstances({
      folder: join(this.configuration.dataDir, 'instances'),
      report,
      makeWorker: (worker, changed) =>
        this.#workerPart(url, {
          ...worker,
          log,
          onChange: () => {
            onChange();
            changed();
          },
        }),
    });
  }

  /**
   * @param {string} url
   * @param {{ data: string, tokenFile: string, name: string, cpus: number[] | null, log: LogFile, onChange?: () => void }} worker
   */
  #workerPart(url, { data, tokenFile, name, cpus, log, onChange }) {
    const { dataDir, tlsPort } = this.configuration;
    const args = [join(ROOT, OUTPUTS.worker), '--url', url, '--data', data];
    // The API writes it when it has its certificate.
    if (tlsPort !== null) args.push('--server-key-file', join(dataDir, 'tls', 'server-key'));
    args.push('--token-file', tokenFile, '--name', name, '--lifeline-fd', '3');
    const env = {
      ...withoutSecrets(process.env),
      PATH: withoutNpm(process.env['PATH']),
      MLE_DATA_DIR: dataDir,
      ...LIFELINE,
    };
    return new Part({
      name: 'worker',
      command: () => ({ ...onProcessors(process.execPath, args, cpus), env }),
      cwd: ROOT,
      log,
      onChange,
    });
  }

  /**
   * What the API is told: by its environment, and by a pipe.
   * @returns {{ env: NodeJS.ProcessEnv, secrets: string }}
   */
  apiEnvironment() {
    const { dataDir, mongodbUri, redisUrl: givenRedis, port, tlsPort, host, localWorker } = this.configuration;
    const all = Object.entries({
      ...process.env,
      NODE_ENV: 'production',
      MLE_PORT: port,
      ...(tlsPort !== null && { MLE_TLS_PORT: tlsPort }),
      MLE_HOST: host,
      MLE_DATA_DIR: dataDir,
      MONGODB_URI: mongodbUri ?? storeUri(this.storeSocket, this.#storeSecret),
      REDIS_URL: givenRedis ?? redisUrl(this.#redisSocket, this.#redisSecret),
      ...(!mongodbUri && { MLE_STORE_DIR: this.storeDir }),
      MLE_WEB_DIR: join(ROOT, 'dist/apps/web'),
      MLE_WORKER_BUNDLE: join(ROOT, OUTPUTS.worker),
      ...(localWorker && { MLE_LOCAL_JOIN_TOKEN_FILE: this.tokenFile }),
    });
    const pick = (/** @type {boolean} */ piped) =>
      Object.fromEntries(all.filter(([name]) => PIPED.test(name) === piped));
    return { env: pick(false), secrets: JSON.stringify(pick(true)) };
  }
}

/** @param {string} socket @param {string} secret */
function storeUri(socket, secret) {
  return `mongodb://store:${secret}@${encodeURIComponent(socket)}/mle?directConnection=true&authMechanism=PLAIN`;
}

/** @param {NodeJS.ProcessEnv} env @returns {NodeJS.ProcessEnv} */
function withoutSecrets(env) {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !SECRET.test(name)));
}

/**
 * npm puts the programs of this repository before the user's own; runs are to find the user's.
 * @param {string | undefined} path
 */
function withoutNpm(path = '') {
  return path
    .split(delimiter)
    .filter((folder) => !folder.endsWith('/node_modules/.bin') && !folder.endsWith('/node-gyp-bin'))
    .join(delimiter);
}
