import { networkInterfaces } from 'node:os';
import { shownFingerprint } from '@mle/protocol';
import type { ListenIdentity } from './listen-identity.js';

const WILDCARDS = ['0.0.0.0', '::'];

/** What a person copies into the page of the server. The token itself stays in its file. */
export function announcement({ fingerprint, tokenFile }: ListenIdentity, port: number, host: string | null): string {
  const [first = '127.0.0.1', ...others] = host === null || WILDCARDS.includes(host) ? addresses() : [host];
  return [
    'This worker listens. Open the Machines page of the server, choose "Connect to one", and give there:',
    `  address      ${urlOf(first, port)}${others.length > 0 ? `  (or ${others.map((other) => urlOf(other, port)).join(', ')})` : ''}`,
    `  fingerprint  ${shownFingerprint(fingerprint)}`,
    `  token        ${tokenFile === null ? 'the one that you gave' : `in the file ${tokenFile}`}`,
    '',
  ].join('\n');
}

function urlOf(host: string, port: number): string {
  return `https://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** The addresses by which other computers may reach this one, those of IPv4 first. */
function addresses(): string[] {
  const all = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  const outside = all.filter(({ internal, address }) => !internal && !address.startsWith('fe80:'));
  return [
    ...outside.filter(({ family }) => family === 'IPv4'),
    ...outside.filter(({ family }) => family !== 'IPv4'),
  ].map(({ address }) => address);
}
