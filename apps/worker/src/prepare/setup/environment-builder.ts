import { join } from 'node:path';
import { PrepareError } from '../../base/prepare-error.js';
import type { SetupEnd } from '../../supervisor/protocol.js';
import type { Python } from './python.js';
import { REQUIREMENTS_FILE } from './requirements.js';

export interface BuildPlaces {
  /** The environment to be. */
  folder: string;
  /** For what is needed while it is built. */
  work: string;
  /** What pip has fetched for this owner before. */
  cache: string;
}

/** Runs a program of the set-up as the run's user, until it and all that it started have ended. */
export type RunStep = (argv: string[], cwd: string, env: Record<string, string>) => Promise<SetupEnd>;

/** The steps from nothing to an environment with the packages of a requirements.txt. */
export class EnvironmentBuilder {
  constructor(
    private readonly python: Python,
    private readonly step: RunStep,
  ) {}

  /**
   * Throws `PrepareError` with the reason. `-I` keeps a file such as random.py of the project from being taken for one
   * of Python.
   */
  async build({ folder, work }: BuildPlaces, workspace: string, env: Record<string, string>): Promise<void> {
    // A pip of the system serves the environment too, and saves the seconds that a copy takes.
    const pip = this.python.pip ? ['--without-pip'] : [];
    const made = await this.step(
      [this.python.executable, '-I', '-m', 'venv', '--system-site-packages', ...pip, folder],
      work,
      env,
    );
    if (made.exitCode !== 0)
      throw new PrepareError(failure('The Python environment of requirements.txt could not be made: venv', made));
    const install = [
      join(folder, 'bin/python3'),
      '-I',
      '-u',
      '-m',
      'pip',
      'install',
      '--disable-pip-version-check',
      '--no-input',
      '--requirement',
      REQUIREMENTS_FILE,
    ];
    const installed = await this.step(install, workspace, env);
    if (installed.exitCode !== 0)
      throw new PrepareError(failure('The packages of requirements.txt could not be installed: pip', installed));
  }
}

function failure(what: string, { exitCode, signal, timedOut, tail }: SetupEnd): string {
  if (timedOut) return `${what} passed its time limit.`;
  const end = exitCode === null ? `was ended by ${signal ?? 'a signal'}` : `ended with exit code ${exitCode}`;
  const errors = tail.split('\n').filter((line) => line.startsWith('ERROR: '));
  const last = errors.at(-1)?.slice('ERROR: '.length).trim();
  return last === undefined ? `${what} ${end}. Its output says why.` : `${what} ${end}. ${last}`;
}
