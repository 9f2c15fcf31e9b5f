import type { FileView } from '@mle/protocol';

/** The kinds that a worker runs by their names; an executable file runs whatever its name. */
const RUNNABLE = /\.(py|[mc]?js|m?ts|sh)$/i;

/** Why Go has nothing to run, as a sentence, or null. `file` is what the list of files knows of the path. */
export function notRunnable(path: string | null, file: Pick<FileView, 'mode'> | null): string | null {
  if (path === null) return 'Open a file to run it';
  if (RUNNABLE.test(path) || ((file?.mode ?? 0) & 0o111) !== 0) return null;
  return `${path} is of no kind that can be run. Open a .py, .js, .ts or .sh file`;
}
