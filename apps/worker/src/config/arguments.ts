import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { BadArgument } from './bad-argument.js';
import { readSettingsFile } from './settings-file.js';

export { BadArgument } from './bad-argument.js';

export interface WorkerSettings {
  url: string;
  name: string;
  dataDir: string;
  /** The join token or null where the worker has joined before. */
  joinToken: string | null;
  /** The pipe to the launcher of the same computer. */
  lifelineFd: number | null;
  /** Runs get a uid of their own where the worker has root. */
  isolate: boolean;
  /** Shown with the machine as they are. */
  properties: Record<string, unknown>;
}

export type Command = { role: 'worker'; settings: WorkerSettings } | { role: 'supervise'; dataDir: string };

const USAGE =
  'Usage: worker.mjs [--config FILE] [--url URL] [--name NAME] [--data DIR] [--token-file FILE | --token-stdin] ' +
  '[--lifeline-fd N] [--no-isolation], or worker.mjs supervise --data DIR.';

/** Reads the command line and the files that it names. Throws `BadArgument`. */
export async function parseArguments(argv: string[]): Promise<Command> {
  const { values, positionals } = read(argv);
  if (positionals[0] === 'supervise' && positionals.length === 1) {
    if (values.data === undefined) throw new BadArgument('supervise needs --data DIR.');
    return { role: 'supervise', dataDir: resolve(values.data) };
  }
  if (positionals.length > 0) throw new BadArgument(`"${positionals[0]}" is no command of the worker. ${USAGE}`);
  const file = values.config === undefined ? null : await readSettingsFile(values.config);
  const url = values.url ?? file?.url;
  if (url === undefined) throw new BadArgument(`Give the server's address by --url URL. ${USAGE}`);
  return {
    role: 'worker',
    settings: {
      url: serverUrl(url),
      name: (values.name ?? file?.name ?? hostname()).slice(0, 80),
      dataDir: resolve(values.data ?? './worker-data'),
      joinToken: await joinToken(values['token-file'], values['token-stdin'] === true, file?.token),
      lifelineFd: values['lifeline-fd'] === undefined ? null : descriptor(values['lifeline-fd']),
      isolate: values['no-isolation'] !== true,
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
        name: { type: 'string' },
        data: { type: 'string' },
        'token-file': { type: 'string' },
        'token-stdin': { type: 'boolean' },
        'lifeline-fd': { type: 'string' },
        'no-isolation': { type: 'boolean' },
      },
    });
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    throw new BadArgument(`${text.split('. ')[0]}. ${USAGE}`);
  }
}

function serverUrl(text: string): string {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) {
    throw new BadArgument(`"${text}" is no address of a server. Give one such as https://mle.example.org:8443.`);
  }
  return new URL(text).origin;
}

function descriptor(text: string): number {
  const fd = Number(text);
  if (!Number.isInteger(fd) || fd < 0 || fd > 1024) throw new BadArgument(`--lifeline-fd is "${text}". Give the number of an open descriptor.`);
  return fd;
}

async function joinToken(path: string | undefined, fromStdin: boolean, fromConfig: string | undefined): Promise<string | null> {
  if (path !== undefined && fromStdin) throw new BadArgument('Give either --token-file or --token-stdin, not both.');
  if (path !== undefined) return checkToken(await readTokenFile(path), `The file ${path}`);
  if (fromStdin) return checkToken(await readStdin(), 'Standard input');
  return fromConfig === undefined ? null : checkToken(fromConfig, 'The configuration file');
}

async function readTokenFile(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new BadArgument(`The token file ${path} cannot be read: ${error instanceof Error ? error.message : String(error)}.`);
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
    throw new BadArgument(`${source} holds no join token. Make one in the page of the machines and give it there.`);
  }
  return token;
}
