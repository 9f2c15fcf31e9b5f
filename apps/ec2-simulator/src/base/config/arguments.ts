import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type SimulatorSettings, SimulatorSettingsSchema } from '@mle/simulated-ec2';
import { z } from 'zod';
import { WrongArguments } from '../wrong-arguments.js';

export interface Command {
  port: number;
  lifelineFd: number | null;
  settings: SimulatorSettings;
}

const STANDARD_INPUT = 0;
const USAGE = 'Usage: main.mjs --port N [--settings FILE | --settings-stdin] [--lifeline-fd N]';

export function readCommand(argv: string[], env: NodeJS.ProcessEnv = process.env): Command {
  if (env['NODE_ENV'] === 'production') {
    throw new WrongArguments(
      'The simulated EC2 runs whatever it is given as root, and is for tests and demonstrations: it does not start with NODE_ENV=production.',
    );
  }
  const { port, settings, fromStdin, lifelineFd } = parse(argv);
  return {
    port: wholeNumber(port, '--port', 65_535),
    lifelineFd: lifelineFd === undefined ? null : wholeNumber(lifelineFd, '--lifeline-fd', 1024),
    settings: readSettings(settings ?? (fromStdin ? STANDARD_INPUT : null)),
  };
}

function parse(argv: string[]) {
  try {
    const { values } = parseArgs({
      args: argv,
      options: {
        port: { type: 'string' },
        settings: { type: 'string' },
        'settings-stdin': { type: 'boolean', default: false },
        'lifeline-fd': { type: 'string' },
      },
    });
    return {
      port: values.port,
      settings: values.settings,
      fromStdin: values['settings-stdin'],
      lifelineFd: values['lifeline-fd'],
    };
  } catch (error) {
    throw new WrongArguments(
      `${error instanceof Error ? (error.message.split('. ')[0] ?? '') : String(error)}. ${USAGE}`,
    );
  }
}

function wholeNumber(text: string | undefined, name: string, most: number): number {
  const number = Number(text);
  if (text === undefined || text === '' || !Number.isInteger(number) || number < 0 || number > most) {
    throw new WrongArguments(`${name} needs a whole number from 0 to ${most}. ${USAGE}`);
  }
  return number;
}

function readSettings(source: string | number | null): SimulatorSettings {
  try {
    return SimulatorSettingsSchema.parse(source === null ? {} : JSON.parse(readFileSync(source, 'utf8')));
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    throw new WrongArguments(`The settings are not valid. ${reason}`);
  }
}
