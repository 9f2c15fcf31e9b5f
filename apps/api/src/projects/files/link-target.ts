import { posix } from 'node:path';

/** Whether a symbolic link at `path` would lead out of its project, or to a place that no path can name. */
export function leadsOutside(path: string, target: string): boolean {
  const resolved = posix.normalize(posix.join(posix.dirname(path), target));
  return (
    target === '' ||
    posix.isAbsolute(target) ||
    resolved === '..' ||
    resolved.startsWith('../') ||
    /[\p{Cc}\\]/u.test(target)
  );
}
