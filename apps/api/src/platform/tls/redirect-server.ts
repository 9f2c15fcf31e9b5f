import { createServer, type Server } from 'node:http';
import type { Config } from '../config/config.js';
import { KnownHosts } from '../http/known-hosts.js';
import { ProblemError } from '../http/problem.js';

/** Programs that speak plain HTTP have said their secret already: they hear what to do, and are led nowhere. */
const SENTENCE = 'This server speaks https only, at';

/** Answers plain HTTP: browsers are led to the page by https, everybody else hears the address. */
export function redirectServer(config: Config, tlsPort: number): Server {
  const hosts = new KnownHosts(config);
  return createServer({ requestTimeout: 10_000, maxHeaderSize: 16_384 }, (request, response) => {
    const answer = (status: number, text: string, location?: string) => {
      response.writeHead(status, {
        'Content-Type': 'text/plain; charset=utf-8',
        Connection: status === 426 ? 'Upgrade, close' : 'close',
        ...(status === 426 && { Upgrade: 'TLS/1.2, HTTP/1.1' }),
        ...(location !== undefined && { Location: location }),
      });
      response.end(`${text}\n`);
    };
    try {
      hosts.refuseOthers(request.headers);
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      answer(error.status, error.detail);
      return;
    }
    const origin = config.publicUrl ?? originOf(request.headers.host ?? '', tlsPort);
    const isPage = request.method === 'GET' && (request.headers.accept ?? '').includes('text/html');
    if (isPage) answer(308, `${SENTENCE} ${origin}.`, `${origin}${pathOf(request.url)}`);
    else answer(426, `${SENTENCE} ${origin}. Use that address.`);
  });
}

function originOf(host: string, tlsPort: number): string {
  const url = new URL(`https://${host}`);
  url.port = String(tlsPort);
  return url.origin;
}

/** Never the address of another server, as `//name` or a whole URL would be. */
const pathOf = (url = '/'): string => (/^\/(?![/\\])/.test(url) ? url : '/');
