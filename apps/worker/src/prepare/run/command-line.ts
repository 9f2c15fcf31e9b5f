import { lstat, realpath } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';
import type { KnobSet, RunSpec } from '@mle/protocol';
import { expandTemplate } from './command-template.js';
import { NotRunnable } from './not-runnable.js';

const INTERPRETERS: Record<string, string> = {
  '.py': 'python3',
  '.js': 'node',
  '.mjs': 'node',
  '.cjs': 'node',
  '.sh': 'bash',
};

/** `Running <file>` or `Running <command>`, and what this run has other than the file says: where an output begins. */
export function headline(spec: RunSpec, shown = spec.file ?? spec.command ?? ''): string {
  return [`Running ${shown}`, ...spec.set.map((knob) => setLine(knob, spec.file ?? ''))].join('\n') + '\n';
}

function setLine({ name, how, line, from, to }: KnobSet, file: string): string {
  const where = how === 'constant' ? `set in this run's copy of ${file}` : 'given as an option';
  return `${name} = ${JSON.stringify(to)}, ${where} (line ${line} says ${JSON.stringify(from)})`;
}

interface CommandLine {
  argv: string[];
  headline: string;
}

/**
 * The program and its arguments. Throws `NotRunnable`. `nodeVersion` is that of the node which runs find; null where
 * they find another one, in an image.
 */
export async function commandLine(spec: RunSpec, workspace: string, nodeVersion: string | null): Promise<CommandLine> {
  if (spec.command !== null) return { argv: commandOf(spec.command, spec.args), headline: headline(spec) };
  const file = spec.file ?? '';
  const template = spec.settings.command;
  if (template === null) return { argv: await programOf(spec, file, workspace, nodeVersion), headline: headline(spec) };
  const { script, values, shown } = expandTemplate(template, spec, asArgument(file));
  return { argv: ['/bin/sh', '-c', script, 'sh', ...values], headline: headline(spec, shown) };
}

async function programOf(
  spec: RunSpec,
  file: string,
  workspace: string,
  nodeVersion: string | null,
): Promise<string[]> {
  const path = join(workspace, file);
  const inside = await realpath(path).catch(() => null);
  if (inside === null || file === '')
    throw new NotRunnable(`The project has no file "${file}". Save it, or choose another file to run.`);
  if (!inside.startsWith((await realpath(workspace)) + sep))
    throw new NotRunnable(`"${file}" is a link out of the project. Run a file of the project.`);
  const stat = await lstat(inside);
  if (!stat.isFile()) throw new NotRunnable(`"${file}" is a folder. Choose a file to run.`);
  const type = extname(file).toLowerCase();
  const interpreter = INTERPRETERS[type];
  const argument = asArgument(file);
  if (interpreter !== undefined) return [interpreter, argument, ...spec.args];
  if (type === '.ts' || type === '.mts') {
    if (nodeVersion !== null && !runsTypeScript(nodeVersion)) {
      throw new NotRunnable(
        `Node.js ${nodeVersion} of this machine does not run TypeScript. Install Node.js 22.18 or later there, or run a .js file.`,
      );
    }
    return ['node', argument, ...spec.args];
  }
  if ((stat.mode & 0o111) !== 0) return [nodeVersion === null ? `./${file}` : path, ...spec.args];
  throw new NotRunnable(
    `"${file}" is of no kind that can be run. Files ending in .py, .js, .mjs, .ts and .sh can be, and executable files; or give a command.`,
  );
}

/** A name that begins with a dash must not be read as an option. */
function asArgument(file: string): string {
  return file.startsWith('-') ? `./${file}` : file;
}

/** The shell reads the command; the arguments reach it as they are. */
function commandOf(command: string, args: string[]): string[] {
  return args.length === 0 ? ['/bin/sh', '-c', command] : ['/bin/sh', '-c', `${command} "$@"`, 'sh', ...args];
}

function runsTypeScript(version: string): boolean {
  const match = /^v?(\d+)\.(\d+)/.exec(version);
  if (match === null) return false;
  const [major, minor] = [Number(match[1]), Number(match[2])];
  return major > 22 || (major === 22 && minor >= 18);
}
