import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gitEnvironment } from './git-settings.js';

/** Stands for ssh: git says the whole command to it. */
function sshAsGitCallsIt(): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'mle-ssh-'));
  try {
    writeFileSync(join(folder, 'ssh'), '#!/bin/sh\nprintf "%s\\n" "$@"\n', { mode: 0o755 });
    const { GIT_SSH_COMMAND = '', ...environment } = gitEnvironment(null, folder);
    const env = { ...environment, PATH: `${folder}:${environment['PATH']}` };
    return execFileSync('/bin/sh', ['-c', `${GIT_SSH_COMMAND} "$@"`, 'sh', 'git@host.example'], {
      env,
      encoding: 'utf8',
    })
      .trim()
      .split('\n');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

it('ssh offers none of the keys of the account that the server runs as', () => {
  const words = sshAsGitCallsIt();
  expect(words.at(-1)).toBe('git@host.example');
  expect(words).toEqual(
    expect.arrayContaining(['-oIdentitiesOnly=yes', '-oIdentityFile=none', '-oIdentityAgent=none', '-oBatchMode=yes']),
  );
  expect(gitEnvironment(null, '/tmp')).not.toHaveProperty('SSH_AUTH_SOCK');
});
