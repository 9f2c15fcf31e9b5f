import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import sirv from 'sirv';
import { logger } from '../../platform/logging/logger.js';

/** Addresses that belong to the server and never to the page. */
const RESERVED = /^\/(?:api|socket\.io|worker|healthz|readyz|metrics)(?:\/|$)/i;
/** The builder puts a hash of the content into these names. */
const HASHED = /[-.][A-Za-z0-9_]{8,}\.(?:js|css|woff2?|svg|png|webp|jpg|map)$/;
const NOT_BUILT = 'The page is not built. Run npm run build, then start the server again.\n';

/** Serves the built page: files as they are, and the page itself for every other address, so that deep links work. */
export function webPage(webDir: string): RequestHandler {
  const indexFile = join(webDir, 'index.html');
  if (!existsSync(indexFile)) {
    logger.warn({ webDir }, 'no built page: only the REST interface is served');
    return (request, response, next) => {
      if (isForPage(request) && !hasExtension(request.path)) response.status(503).type('text/plain').send(NOT_BUILT);
      else next();
    };
  }
  const index = readFileSync(indexFile, 'utf8');
  const files = sirv(webDir, {
    etag: true,
    gzip: true,
    brotli: true,
    extensions: [],
    setHeaders: (response, pathname) => {
      response.setHeader('Cache-Control', HASHED.test(pathname) ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
  return (request: Request, response: Response, next: NextFunction): void => {
    const missing = (): void => (hasExtension(request.path) ? next() : sendIndex(index, response));
    if (!isForPage(request)) next();
    else if (request.path === '/' || request.path === '/index.html') sendIndex(index, response);
    // sirv knows the files by heart, and a page that was built anew has others: opening what is gone would end the
    // process.
    else if (!existsSync(join(webDir, request.path))) missing();
    else files(request, response, missing);
  };
}

const isForPage = ({ method, path }: Request) => (method === 'GET' || method === 'HEAD') && !RESERVED.test(path);
const hasExtension = (path: string) => /\.[A-Za-z0-9]+$/.test(path);

/** The page may run what it came with, and nothing that somebody manages to put into it. */
function sendIndex(index: string, response: Response): void {
  const nonce = randomBytes(16).toString('base64');
  const policy = {
    'default-src': "'self'",
    'script-src': `'self' 'nonce-${nonce}'`,
    'style-src': `'self' 'nonce-${nonce}'`,
    'connect-src': "'self'",
    'img-src': "'self' data: blob:",
    'font-src': "'self'",
    'worker-src': "'self' blob:",
    'object-src': "'none'",
    'frame-src': "'none'",
    'frame-ancestors': "'none'",
    'base-uri': "'self'",
    'form-action': "'self'",
  };
  response.set({
    'Content-Security-Policy': Object.entries(policy)
      .map((directive) => directive.join(' '))
      .join('; '),
    'Cache-Control': 'no-store',
  });
  response.type('html').send(withNonce(index, nonce));
}

/** Puts the nonce where Angular looks for it, and on the scripts and styles that the page came with. */
function withNonce(html: string, nonce: string): string {
  return html
    .replaceAll('__CSP_NONCE__', nonce)
    .replaceAll(/\bngCspNonce="[^"]*"/gi, `ngCspNonce="${nonce}"`)
    .replaceAll(/<(script|style)\b(?![^>]*\bnonce=)/gi, `<$1 nonce="${nonce}"`);
}
