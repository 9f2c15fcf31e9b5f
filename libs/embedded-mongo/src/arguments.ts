import { parseArgs } from 'node:util';

/** The command line does not say what to do. */
export class WrongArguments extends Error {}

/** What the command line says. */
export interface StoreArguments {
  socket: string;
  data: string;
  lifelineFd?: number;
  fsync: boolean;
  ttlSeconds: number;
}

const USAGE = 'Usage: store.mjs --socket FILE --data DIRECTORY [--lifeline-fd N] [--ttl-seconds N] [--no-fsync]';

/** Reads the command line. */
export function parseArguments(argv: string[]): StoreArguments {
  const values = readValues(argv);
  if (!values.socket) throw new WrongArguments(`--socket is missing. ${USAGE}`);
  if (!values.data) throw new WrongArguments(`--data is missing. ${USAGE}`);
  const result: StoreArguments = {
    socket: values.socket,
    data: values.data,
    fsync: values['no-fsync'] !== true,
    ttlSeconds: wholeNumber('--ttl-seconds', values['ttl-seconds'] ?? '60'),
  };
  if (result.ttlSeconds === 0) throw new WrongArguments('--ttl-seconds must be at least 1.');
  if (values['lifeline-fd'] !== undefined) result.lifelineFd = wholeNumber('--lifeline-fd', values['lifeline-fd']);
  return result;
}

function readValues(argv: string[]): {
  socket?: string;
  data?: string;
  'lifeline-fd'?: string;
  'ttl-seconds'?: string;
  'no-fsync'?: boolean;
} {
  const text = { type: 'string' } as const;
  try {
    return parseArgs({
      args: argv,
      options: { socket: text, data: text, 'lifeline-fd': text, 'ttl-seconds': text, 'no-fsync': { type: 'boolean' } },
    }).values;
  } catch (error) {
    throw new WrongArguments(`${error instanceof Error ? error.message : String(error)}. ${USAGE}`);
  }
}

function wholeNumber(name: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new WrongArguments(`${name} must be a whole number, not "${text}".`);
  return Number(text);
}
