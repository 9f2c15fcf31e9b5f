import { networkInterfaces } from 'node:os';
import type { JoinTokenView } from '@mle/protocol';

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|::1)$/i;
/** It listens on all addresses; a browser may have come by the one that only this computer knows. */
const WILDCARDS = ['0.0.0.0', '::'];
const WARNING =
  'This server listens on this computer only. Start it with MLE_HOST=0.0.0.0 and MLE_TLS=1, or behind a proxy with TLS and with MLE_PUBLIC_URL, or let the server dial the machine.';

/** Whether another computer reaches a server that listens on `host`, and by which addresses it could. */
export function reachability(host: string, publicUrl: string | null): Pick<JoinTokenView, 'warning' | 'addresses'> {
  const loopback = LOOPBACK.test(host);
  if (publicUrl !== null || (!loopback && !WILDCARDS.includes(host))) return { warning: null, addresses: [] };
  const outside = Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter(({ internal, address }) => !internal && !address.startsWith('fe80:'));
  return { warning: loopback ? WARNING : null, addresses: outside.map(({ address }) => address) };
}
