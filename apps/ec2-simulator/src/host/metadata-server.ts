import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Instance } from '../account/instance.js';
import { metadataOf, readTree } from './metadata-tree.js';

const LONGEST_TTL = 21_600;
const TTL_HEADER = 'x-aws-ec2-metadata-token-ttl-seconds';
const TOKEN_HEADER = 'x-aws-ec2-metadata-token';
const VERSION = /^(latest|\d{4}-\d\d-\d\d)$/;

/** The instance metadata service of one instance, in version 2; in version 1 too where the instance allows it. */
export class MetadataServer {
  private readonly secret = randomBytes(32);
  private readonly server: Server;

  constructor(private readonly instance: () => Instance) {
    this.server = createServer((request, response) => {
      request.resume();
      this.answer(request, response);
    });
  }

  /** On a socket, or on a free port of the loopback; resolves with that port. */
  async listen(socketPath: string | null): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      if (socketPath === null) this.server.listen(0, '127.0.0.1', resolve);
      else this.server.listen(socketPath, resolve);
    });
    return socketPath === null ? (this.server.address() as AddressInfo).port : 0;
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private answer({ method, url = '/', headers }: IncomingMessage, response: ServerResponse): void {
    const { httpEndpoint, httpTokens } = this.instance().metadataOptions;
    const [version = '', ...path] = decodePath(url);
    const token = headers[TOKEN_HEADER];
    if (httpEndpoint === 'disabled') return send(response, 403, 'The metadata service of this instance is off.');
    if (!VERSION.test(version)) return send(response, 404, 'Not found');
    if (method === 'PUT' && path.join('/') === 'api/token') {
      // A request that came through a proxy gets no token.
      if (headers['x-forwarded-for'] !== undefined) return send(response, 403, 'Forbidden');
      return this.giveToken(Number(headers[TTL_HEADER]), response);
    }
    if (method !== 'GET' && method !== 'HEAD') return send(response, 405, 'Method not allowed');
    const isKnown = typeof token === 'string' && this.tokenHolds(token);
    if (!isKnown && (token !== undefined || httpTokens === 'required')) return send(response, 401, 'Unauthorized');
    const text = readTree(metadataOf(this.instance()), path);
    return text === null ? send(response, 404, 'Not found') : send(response, 200, text);
  }

  private giveToken(seconds: number, response: ServerResponse): void {
    if (!Number.isInteger(seconds) || seconds < 1 || seconds > LONGEST_TTL) return send(response, 400, 'Bad request');
    const end = String(Date.now() + seconds * 1000);
    response.setHeader(TTL_HEADER, String(seconds));
    send(response, 200, `${Buffer.from(end).toString('base64url')}.${this.seal(end)}`);
  }

  private tokenHolds(token: string): boolean {
    const [text = '', seal = ''] = token.slice(0, 200).split('.');
    const end = Buffer.from(text, 'base64url').toString();
    const [given, right] = [Buffer.from(seal), Buffer.from(this.seal(end))];
    return given.length === right.length && timingSafeEqual(given, right) && Number(end) > Date.now();
  }

  private seal(text: string): string {
    return createHmac('sha256', this.secret).update(text).digest('base64url');
  }
}

/** The names of a path, without the empty ones that doubled and last slashes make. */
function decodePath(url: string): string[] {
  try {
    const [path = ''] = url.split('?', 1);
    return decodeURIComponent(path)
      .split('/')
      .filter((name) => name !== '');
  } catch {
    return [];
  }
}

function send(response: ServerResponse, status: number, text: string): void {
  const body = Buffer.from(text, 'latin1');
  response.writeHead(status, { 'content-type': 'text/plain', 'content-length': body.length });
  response.end(body);
}
