import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import { badRequest } from '../../platform/http/problem.js';

/** Where to clone from; git is made to use `address` and nothing else for `host`. */
export interface GitAddress {
  protocol: 'https' | 'http' | 'ssh' | 'git';
  host: string;
  port: number;
  address: string;
  /** As git takes it. */
  url: string;
}

const PORTS = { https: 443, http: 80, ssh: 22, git: 9418 } as const;

/** Addresses that are not the public internet's: this computer, its network, metadata services. */
const PRIVATE = new BlockList();
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const)
  PRIVATE.addSubnet(network, prefix, 'ipv4');
for (const [network, prefix] of [
  ['::', 127],
  ['64:ff9b::', 96],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const)
  PRIVATE.addSubnet(network, prefix, 'ipv6');

export function isPrivateAddress(address: string): boolean {
  // An IPv4 address in IPv6 clothes is checked as what it is.
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  return mapped !== undefined
    ? PRIVATE.check(mapped, 'ipv4')
    : PRIVATE.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4') || /^::ffff:/i.test(address);
}

/**
 * Reads the address of a repository and finds out where it leads.
 * @param privateHosts host names whose private addresses are meant.
 * @throws ProblemError 400 for other protocols, for hosts that do not exist, and for private addresses.
 */
export async function gitAddress(text: string, privateHosts: readonly string[]): Promise<GitAddress> {
  const { protocol, host, port, url } = parse(text);
  const addresses = isIP(host)
    ? [host]
    : (await lookup(host, { all: true }).catch(() => [])).map(({ address }) => address);
  const [address] = addresses;
  if (address === undefined) throw badRequest('git.unknown_host', `There is no host ${host}. Check the address.`);
  if (!privateHosts.includes(host) && addresses.some(isPrivateAddress)) {
    throw badRequest(
      'git.private_host',
      `${host} is in a private network. An administrator can allow it by MLE_GIT_PRIVATE_HOSTS.`,
    );
  }
  return { protocol, host, port, address, url };
}

function parse(text: string): Omit<GitAddress, 'address'> {
  const refused = badRequest(
    'git.address',
    'Give the address of a git repository that begins with https://, http://, ssh:// or git://, or is of the form user@host:path.',
  );
  if (/[\s\p{Cc}\\]/u.test(text) || text.startsWith('-')) throw refused;
  const short = /^([A-Za-z0-9._-]+)@([A-Za-z0-9.-]+):(?!\/\/)([^:]+)$/.exec(text);
  const full = short ? `ssh://${short[1]}@${short[2]}/${short[3]?.replace(/^\//, '')}` : text;
  const protocol = /^(https|http|ssh|git):\/\//.exec(full)?.[1] as GitAddress['protocol'] | undefined;
  if (protocol === undefined || !URL.canParse(full)) throw refused;
  // Only http(s) addresses are normalised by URL: the numbers of an odd 0x7f.1 are read there as every program reads
  // them.
  const { hostname, port } = new URL(full.replace(/^(?:ssh|git):/, 'http:'));
  const host = hostname.replace(/^\[|\]$/g, '');
  // The host becomes a part of settings and of a command line.
  if (!/^[a-z0-9](?:[a-z0-9._-]*[a-z0-9.])?$/i.test(host) && isIP(host) === 0) throw refused;
  const parsed = new URL(full);
  parsed.hostname = hostname;
  return { protocol, host, port: Number(port || new URL(full).port || PORTS[protocol]), url: parsed.href };
}
