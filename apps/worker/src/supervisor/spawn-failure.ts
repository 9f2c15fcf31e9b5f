const INSTALL: Record<string, string> = {
  python3:
    'Python is not installed on this machine, or runs cannot reach it. Install it, on Debian and Ubuntu by: sudo apt-get install python3',
  node: 'Node.js is not installed on this machine, or runs cannot reach it. Install it from https://nodejs.org, or from the packages of the system.',
  bash: 'bash is not installed on this machine. Install it from the packages of the system.',
};

/** Why a program did not start, as a sentence that says what to do. */
export function spawnFailure(error: unknown, file: string, cwd: string): string {
  const code = (error as NodeJS.ErrnoException).code;
  const text = error instanceof Error ? error.message : String(error);
  if (code === 'ENOENT')
    return (
      INSTALL[file] ?? `"${file}" cannot be started: it, or the program that its first line names, does not exist.`
    );
  if (code === 'EACCES')
    return INSTALL[file] ?? `"${file}" cannot be started: it is not executable for runs on this machine.`;
  if (code === 'ENOEXEC')
    return `"${file}" cannot be started: it is no program of this system. Begin it with a line such as #!/bin/sh.`;
  if (code === 'E2BIG')
    return `"${file}" cannot be started: its arguments and environment are too long for the system. Put them in a file.`;
  if (code === 'EAGAIN' || code === 'ENOMEM')
    return `"${file}" cannot be started: the machine has no room for another process. End some, and run it again.`;
  return `"${file}" cannot be started in ${cwd}: ${text}.`;
}
