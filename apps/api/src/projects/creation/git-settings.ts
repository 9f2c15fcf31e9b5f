import type { GitAddress } from './git-address.js';

/** A host that sends nothing for so long is given up. */
export const SILENT_MS = 60_000;

/** Of git itself, for one address: nothing of it is executed, and it leads nowhere else. */
export function gitSettings({ protocol, host, port, address }: GitAddress): string[] {
  const pinned = address.includes(':') ? `[${address}]` : address;
  return [
    'protocol.allow=never',
    `protocol.${protocol}.allow=always`,
    // Another address might be a private one; and the name may lead elsewhere a moment later.
    'http.followRedirects=false',
    'http.lowSpeedLimit=1000',
    `http.lowSpeedTime=${SILENT_MS / 1000}`,
    `http.curloptResolve=${host}:${port}:${pinned}`,
    'core.symlinks=false',
    'core.autocrlf=false',
    'core.hooksPath=/dev/null',
    'core.fsmonitor=false',
    'credential.helper=',
    'transfer.fsckObjects=true',
  ].flatMap((setting) => ['-c', setting]);
}

/** git:// has no setting that pins the address, and no certificate that depends on the name. */
export function urlOf({ protocol, address, url }: GitAddress): string {
  if (protocol !== 'git') return url;
  return url.replace(
    /^git:\/\/(?:[^@/]*@)?(?:\[[^\]]*\]|[^:/]*)/,
    `git://${address.includes(':') ? `[${address}]` : address}`,
  );
}

/** Nothing of the server's own environment but the way to the programs; no questions to a person. */
export function gitEnvironment(source: GitAddress | null, home: string): NodeJS.ProcessEnv {
  const ssh = [
    'ssh',
    '-F',
    'none',
    '-oBatchMode=yes',
    // The keys of the account that the server runs as are its owner's; ssh finds them whatever HOME says.
    '-oIdentitiesOnly=yes',
    '-oIdentityFile=none',
    '-oIdentityAgent=none',
    '-oGSSAPIAuthentication=no',
    '-oHostbasedAuthentication=no',
    '-oStrictHostKeyChecking=accept-new',
    `-oUserKnownHostsFile=${home}/known_hosts`,
    ...(source ? [`-oHostName=${source.address}`, `-oHostKeyAlias=${source.host}`] : []),
  ];
  return {
    PATH: '/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin',
    HOME: home,
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_TERMINAL_PROMPT: '0',
    GIT_ASKPASS: '/bin/false',
    GIT_LFS_SKIP_SMUDGE: '1',
    // git hands this to a shell.
    GIT_SSH_COMMAND: ssh.map((part) => `'${part.replaceAll("'", "'\\''")}'`).join(' '),
  };
}
