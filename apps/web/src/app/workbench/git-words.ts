import type { FetchProgress } from '@mle/protocol';

/** How far a clone is, for the line above its bar. */
export function fetchWords({
  gitUrl,
  phase,
  part = null,
}: Pick<FetchProgress, 'gitUrl' | 'phase'> & { part?: number | null }): string {
  switch (phase) {
    case 'connecting':
      return `Connecting to ${hostOf(gitUrl)}`;
    case 'receiving':
      return `Receiving the files, ${Math.floor((part ?? 0) * 100)} %`;
    case 'storing':
      return 'Storing the files';
  }
}

/**
 * The name that a project of this repository gets, as the server makes it: the last part of the address, without .git.
 */
export function nameOfRepository(gitUrl: string): string {
  const last =
    gitUrl
      .trim()
      .replace(/[?#].*$/, '')
      .replace(/\/+$/, '')
      .split(/[/:]/)
      .at(-1) ?? '';
  return last.replace(/\.git$/, '');
}

function hostOf(gitUrl: string): string {
  return /^(?:[a-z]+:\/\/)?(?:[^@/]*@)?([^/:]+)/i.exec(gitUrl)?.[1] ?? 'the host';
}
