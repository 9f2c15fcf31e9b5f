import type { JoinTokenView } from '@mle/protocol';

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** The address of the server in a join command. */
const serverOf = ({ command }: Pick<JoinTokenView, 'command'>): string => / --url (\S+)/.exec(command)?.[1] ?? '';

export const isLoopback = (url: string): boolean => URL.canParse(url) && LOOPBACK.test(new URL(url).hostname);

/** The addresses that the command can name: its own first, then those that other computers may know. */
export function serversOf(token: Pick<JoinTokenView, 'command' | 'addresses'>): string[] {
  const own = serverOf(token);
  if (!isLoopback(own)) return [own];
  const others = token.addresses.map((address) => {
    const url = new URL(own);
    url.hostname = address.includes(':') ? `[${address}]` : address;
    return url.origin;
  });
  return [own, ...others];
}

/**
 * Another computer is meant: where the server listens for others, its outer address stands in the command; else what
 * works on this computer only.
 */
export function likelyServer(token: Pick<JoinTokenView, 'command' | 'addresses' | 'warning'>): string {
  const [own = '', outer] = serversOf(token);
  return token.warning === null && outer !== undefined ? outer : own;
}

/** The command with another address of the server. */
export const commandFor = (token: Pick<JoinTokenView, 'command'>, server: string): string =>
  token.command.replaceAll(serverOf(token), server);
