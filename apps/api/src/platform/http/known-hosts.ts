import type { IncomingHttpHeaders } from 'node:http';
import { isIPv4 } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { NextFunction, Request, Response } from 'express';
import type { Config } from '../config/config.js';
import { ProblemError } from './problem.js';

/** Asked by whoever watches the server, by whatever name that reaches it; they tell nothing of users. */
const OPEN_PATHS = /^\/(?:healthz|readyz|metrics)\/?$/i;
const WILDCARDS = new Set(['0.0.0.0', '::']);
/** A computer's addresses change now and then: an unknown one makes us look again, at most this often. */
const LOOK_AGAIN_MS = 1_000;

type Settings = Pick<Config, 'host' | 'publicUrl' | 'allowedHosts'>;

/**
 * The names by which this server is meant. A page of another site whose name leads here would be of the same origin as
 * ours, and an address that is handed on, as in the command by which a machine joins, would be whatever a request says.
 */
export class KnownHosts {
  private readonly named: Set<string>;
  private addresses = new Set<string>();
  private lookedAt = -Infinity;

  constructor(private readonly settings: Settings) {
    const { host, publicUrl, allowedHosts } = settings;
    this.named = new Set(
      [host, ...(publicUrl === null ? [] : [new URL(publicUrl).hostname]), ...allowedHosts].map(plain),
    );
  }

  /** @throws ProblemError 421 for the Host header of a request that is not meant for this server. */
  refuseOthers({ host }: IncomingHttpHeaders): void {
    if (!this.knows(host ?? ''))
      throw new ProblemError(
        421,
        'host.unknown',
        'This server is not known by the name in the address. If it is yours, add that name to MLE_ALLOWED_HOSTS, or set MLE_PUBLIC_URL, and start the server again.',
      );
  }

  private knows(header: string): boolean {
    // What is no host cannot be parsed, and what is more than one has a path, a user or a query.
    if (!/^[A-Za-z0-9.:_[\]-]+$/.test(header) || !URL.canParse(`http://${header}`)) return false;
    const name = plain(new URL(`http://${header}`).hostname);
    return isLoopback(name) || this.named.has(name) || this.listensOn(name);
  }

  private listensOn(name: string): boolean {
    if (!WILDCARDS.has(plain(this.settings.host))) return false;
    if (!this.addresses.has(name) && Date.now() - this.lookedAt > LOOK_AGAIN_MS) {
      this.addresses = new Set(
        Object.values(networkInterfaces()).flatMap((list) => (list ?? []).map(({ address }) => address)),
      );
      this.lookedAt = Date.now();
    }
    return this.addresses.has(name);
  }
}

/** Refuses requests that are not meant for this server, except to look whether it lives. */
export function knownHostsOnly(hosts: KnownHosts) {
  return (request: Request, _response: Response, next: NextFunction): void => {
    if (!OPEN_PATHS.test(request.path)) hosts.refuseOthers(request.headers);
    next();
  };
}

const isLoopback = (name: string): boolean =>
  name === 'localhost' || name.endsWith('.localhost') || name === '::1' || (isIPv4(name) && name.startsWith('127.'));

/** As it is compared: without the brackets of an address, in lower case. */
const plain = (name: string): string =>
  name
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '');
