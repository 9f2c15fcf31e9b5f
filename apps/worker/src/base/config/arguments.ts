import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Properties } from '@mle/protocol';
import { BadArgument } from './bad-argument.js';
import { readSettingsFile, type SettingsFile } from './settings-file.js';

export { BadArgument } from './bad-argument.js';

export interface ListenSettings {
  port: number;
  /** Null: on all addresses. */
  host: string | null;
  /** Chosen by a person; null: the one that the worker made. */
  token: string | null;
}

/** The worker dials the server, or waits for the server to dial it. */
type ServerSettings =
  | {
      url: string;
      /** Null where the worker has joined before. */
      joinToken: string | null;
      /** Where the SHA-256 of the server's public key is read; null: its certificate has to be a trusted one. */
      keyFile: string | null;
      listen: null;
    }
  | { url: null; listen: ListenSettings };

export interface WorkerSettings {
  server: ServerSettings;
  name: string;
  dataDir: string;
  /** The pipe to the launcher of the same computer. */
  lifelineFd: number | null;
  /** Runs get a uid of their own where the worker has root. */
  isolate: boolean;
  /** Where the worker of a server of another version is left, for whoever starts this one again; null: nobody does. */
  updateDir: string | null;
  /** Shown with the machine as they are. */
  properties: Properties;
}

type Command =
  | { role: 'worker'; settings: WorkerSettings }
  | { role: 'identity'; dataDir: string }
  | { role: 'supervise'; dataDir: string; /** It was started with mounts of its own. */ ownMounts: boolean };

const USAGE =
  'Usage: worker.mjs [--config FILE] [--url URL [--server-key-file FILE] | --listen PORT [--listen-host ADDRESS]] [--name NAME] [--data DIR] [--token-file FILE | --token-stdin] ' +
  '[--lifeline-fd N] [--no-isolation] [--update-dir DIR], or worker.mjs identity --data DIR, or worker.mjs supervise --data DIR.';

/** Reads the command line and the files that it names. Throws `BadArgument`. */
export async function parseArguments(argv: string[]): Promise<Command> {
  const { values, positionals } = read(argv);
  if (positionals[0] === 'supervise' && positionals.length === 1) {
    if (values.data === undefined) throw new BadArgument('supervise needs --data DIR.');
    return { role: 'supervise', dataDir: resolve(values.data), ownMounts: values['own-mounts'] === true };
  }
  if (positionals[0] === 'identity' && positionals.length === 1) {
    if (values.data === undefined) throw new BadArgument('identity needs --data DIR.');
    return { role: 'identity', dataDir: resolve(values.data) };
  }
  if (positionals.length > 0) throw new BadArgument(`"${positionals[0]}" is no command of the worker. ${USAGE}`);
  const file = values.config === undefined ? null : await readSettingsFile(values.config);
  const token = await givenToken(values['token-file'], values['token-stdin'] === true, file?.token);
  return {
    role: 'worker',
    settings: {
      server: serverSettings(values, file, token),
      name: (values.name ?? file?.name ?? hostname()).slice(0, 80),
      dataDir: resolve(values.data ?? './worker-data'),
      lifelineFd: values['lifeline-fd'] === undefined ? null : descriptor(values['lifeline-fd']),
      isolate: values['no-isolation'] !== true,
      updateDir: values['update-dir'] === undefined ? null : resolve(values['update-dir']),
      properties: file?.properties ?? {},
    },
  };
}

function read(argv: string[]) {
  try {
    return parseArgs({
      args: argv,
      allowPositionals: true,
      options: {
        config: { type: 'string' },
        url: { type: 'string' },
        'server-key-file': { type: 'string' },
        listen: { type: 'string' },
        'listen-host': { type: 'string' },
        name: { type: 'string' },
        data: { type: 'string' },
        'token-file': { type: 'string' },
        'token-stdin': { type: 'boolean' },
        'lifeline-fd': { type: 'string' },
        'no-isolation': { type: 'boolean' },
        'update-dir': { type: 'string' },
        'own-mounts': { type: 'boolean' },
      },
    });
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    throw new BadArgument(`${text.split('. ')[0]}. ${USAGE}`);
  }
}

interface Addresses {
  url?: string | undefined;
  'server-key-file'?: string | undefined;
  listen?: string | undefined;
  'listen-host'?: string | undefined;
}

/** An argument wins over what the file says, also where it says the opposite. */
function serverSettings(values: Addresses, file: SettingsFile | null, token: string | null): ServerSettings {
  if (values.url !== undefined && values.listen !== undefined)
    throw new BadArgument('Give either --url or --listen, not both.');
  if (values.url === undefined && values.listen === undefined && file?.url !== undefined && file.listen !== undefined) {
    throw new BadArgument(
      'The configuration file has both "url" and "listen". Keep "url" for a worker that dials the server, or "listen" for one that the server dials.',
    );
  }
  const listen = values.listen ?? (values.url === undefined ? file?.listen : undefined);
  if (listen !== undefined)
    return {
      url: null,
      listen: { port: portNumber(listen), host: values['listen-host'] ?? file?.listenHost ?? null, token },
    };
  if (values['listen-host'] !== undefined) throw new BadArgument('--listen-host needs --listen PORT.');
  const url = values.url ?? file?.url;
  if (url === undefined)
    throw new BadArgument(
      `Give the server's address by --url URL, or let the server dial this worker by --listen PORT. ${USAGE}`,
    );
  const keyFile = values['server-key-file'] ?? file?.serverKeyFile;
  return {
    url: serverUrl(url),
    joinToken: token,
    keyFile: keyFile === undefined ? null : resolve(keyFile),
    listen: null,
  };
}

function portNumber(text: string | number): number {
  const port = Number(text);
  if (text === '' || !Number.isInteger(port) || port < 0 || port > 65_535)
    throw new BadArgument(`"${text}" is no port to listen on. Give a number from 1 to 65535, or 0 for any free one.`);
  return port;
}

function serverUrl(text: string): string {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) {
    throw new BadArgument(`"${text}" is no address of a server. Give one such as https://mle.example.org:8443.`);
  }
  return new URL(text).origin;
}

function descriptor(text: string): number {
  const fd = Number(text);
  if (!Number.isInteger(fd) || fd < 0 || fd > 1024)
    throw new BadArgument(`--lifeline-fd is "${text}". Give the number of an open descriptor.`);
  return fd;
}

async function givenToken(
  path: string | undefined,
  fromStdin: boolean,
  fromConfig: string | undefined,
): Promise<string | null> {
  if (path !== undefined && fromStdin) throw new BadArgument('Give either --token-file or --token-stdin, not both.');
  if (path !== undefined) return checkToken(await readTokenFile(path), `The file ${path}`);
  if (fromStdin) return checkToken(await readStdin(), 'Standard input');
  return fromConfig === undefined ? null : checkToken(fromConfig, 'The configuration file');
}

async function readTokenFile(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new BadArgument(
      `The token file ${path} cannot be read: ${error instanceof Error ? error.message : String(error)}.`,
    );
  }
}

async function readStdin(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks).toString('utf8');
}

function checkToken(text: string, source: string): string {
  const token = text.trim();
  if (token === '' || token.length > 200 || /\s/.test(token)) {
    throw new BadArgument(`${source} holds no token. Make a join token on the Machines page and give it there.`);
  }
  return token;
}
