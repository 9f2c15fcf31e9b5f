import type { AttemptRef } from '@mle/protocol';
import { NotRunnable } from './not-runnable.js';

/** Where a run in a container finds its folders. */
export const INSIDE = { workspace: '/workspace', outputDir: '/outputs', cacheDir: '/cache' } as const;

interface ContainerWish {
  ref: AttemptRef;
  image: string;
  /** The program and its arguments, as seen inside. */
  argv: string[];
  uid: number;
  gid: number;
  /** Indexes of those that it sees; `all`, or none. */
  gpus: readonly number[] | 'all';
  envFile: string;
  workspace: string;
  outputDir: string;
  cacheDir: string;
}

function containerName({ runId, attempt }: AttemptRef): string {
  return `mle-${runId}-${attempt}`;
}

/** The client stays in the foreground and hands its signals on; no value of the environment is among its arguments. */
export function containerRun({
  ref,
  image,
  argv,
  uid,
  gid,
  gpus,
  envFile,
  workspace,
  outputDir,
  cacheDir,
}: ContainerWish): string[] {
  const mount = (source: string, target: string): string[] => [
    '--mount',
    `type=bind,source=${source},target=${target}`,
  ];
  const [program = 'sh', ...args] = argv;
  return [
    'docker',
    'run',
    '--rm',
    '--init',
    '--name',
    containerName(ref),
    '--user',
    `${uid}:${gid}`,
    '--security-opt',
    'no-new-privileges',
    ...mount(workspace, INSIDE.workspace),
    ...mount(outputDir, INSIDE.outputDir),
    ...mount(cacheDir, INSIDE.cacheDir),
    '--workdir',
    INSIDE.workspace,
    '--env-file',
    envFile,
    // Loaders of training data share memory between their processes; the default of 64 MB ends them.
    '--shm-size',
    '2g',
    ...(gpus.length > 0 ? ['--gpus', gpus === 'all' ? gpus : `"device=${gpus.join(',')}"`] : []),
    // An image that brings a program of its own would take ours for its arguments.
    '--entrypoint',
    program,
    image,
    ...args,
  ];
}

/** Ends the container, if there is one. */
export function containerRemoval(ref: AttemptRef): string[] {
  return ['docker', 'rm', '--force', containerName(ref)];
}

/** The text of an env file. Throws `NotRunnable` for what such a file cannot hold. */
export function envFileText(env: Record<string, string>): string {
  const broken = Object.entries(env).find(([, value]) => /[\r\n]/.test(value));
  if (broken !== undefined)
    throw new NotRunnable(
      `The value of ${broken[0]} has a line break, which a container cannot take. Remove it, or put the text in a file.`,
    );
  return Object.entries(env)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}
