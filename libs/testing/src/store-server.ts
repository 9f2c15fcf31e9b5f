import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LIFELINE_FD, Program } from './program.js';
import { built } from './workspace.js';

export interface StoreOptions {
  /** The bundle to run, where it is not the one that the build makes. */
  bundle?: string;
  /** Each write waits for the disk, as in an installation. */
  fsync?: boolean;
  lifeline?: boolean;
  env?: Record<string, string>;
  args?: readonly string[];
  nodeArgs?: readonly string[];
  /** A command that gets the one of the store as its arguments, and becomes it. */
  under?: readonly string[];
  /** Where clients of an earlier store are to know it. */
  secret?: string;
}

/** The embedded store, on a unix socket in a folder of its own. */
export class StoreServer extends Program {
  readonly folder: string;
  readonly socket: string;
  readonly data: string;
  readonly secret: string;

  constructor(folder: string, options: StoreOptions = {}) {
    const { bundle = built('libs/embedded-mongo/store.mjs'), fsync = false, under = [], nodeArgs = [] } = options;
    const { secret = randomBytes(16).toString('hex') } = options;
    if (!existsSync(bundle)) throw new Error('The store is not built. Run: npx nx build embedded-mongo');
    const socket = join(folder, 'store.sock');
    const data = join(folder, 'data');
    const { env, lifeline = false, args: more = [] } = options;
    const [command = '', ...args] = [
      ...under,
      process.execPath,
      ...nodeArgs,
      bundle,
      ...['--socket', socket, '--data', data],
      ...(fsync ? [] : ['--no-fsync']),
      ...(lifeline ? ['--lifeline-fd', String(LIFELINE_FD)] : []),
      ...more,
    ];
    super({ command, args, env, input: secret, ready: /store ready/, lifeline, folder });
    this.folder = folder;
    this.socket = socket;
    this.data = data;
    this.secret = secret;
  }

  get uri(): string {
    return this.uriAt(this.socket);
  }

  /** Its address behind a proxy. */
  uriAt(socket: string): string {
    return `mongodb://store:${this.secret}@${encodeURIComponent(socket)}/mle?directConnection=true&authMechanism=PLAIN`;
  }
}

/** Starts a store in a temporary folder. */
export async function startStore(options: StoreOptions = {}): Promise<StoreServer> {
  const store = new StoreServer(await mkdtemp(join(tmpdir(), 'mle-store-')), options);
  await store.start();
  return store;
}
