import { posix } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { create as contentDisposition } from 'content-disposition';
import type { Request, Response } from 'express';
import fresh from 'fresh';
import { ProblemError } from './problem.js';

/** Bytes to answer with. `open` is called at most once, with the range that was asked for. */
export interface Download {
  size: number;
  /** Without quotes; names these very bytes. */
  etag: string;
  fileName: string;
  /** A page may show it in its place, where it is of a kind that a browser cannot execute. */
  inline?: boolean;
  open: (range: { from: number; to: number }) => Readable;
}

const TEXT =
  /\.(?:txt|md|py|js|mjs|cjs|ts|json|jsonl|csv|tsv|ya?ml|toml|ini|cfg|log|sh|r|c|h|cpp|hpp|java|rs|go|rst|tex)$/i;

/** Types that a browser shows and does not execute, by the ending of the name. SVG and HTML are not among them. */
const SHOWN = new Map([
  ['png', 'image/png'],
  ['jpg', 'image/jpeg'],
  ['jpeg', 'image/jpeg'],
  ['gif', 'image/gif'],
  ['webp', 'image/webp'],
  ['avif', 'image/avif'],
  ['bmp', 'image/bmp'],
]);

/** Answers with bytes that users made: whole or one range, never as something that a browser would execute. */
export async function sendBytes(
  request: Request,
  response: Response,
  { size, etag, fileName, inline = false, open }: Download,
): Promise<void> {
  const shown = SHOWN.get(/\.([a-z]+)$/i.exec(fileName)?.[1]?.toLowerCase() ?? '');
  response.set({
    ETag: `"${etag}"`,
    'Accept-Ranges': 'bytes',
    'Cache-Control': 'private, no-cache',
    'Content-Type': shown ?? (TEXT.test(fileName) ? 'text/plain; charset=utf-8' : 'application/octet-stream'),
    'Content-Disposition': contentDisposition(posix.basename(fileName), {
      type: inline && (shown !== undefined || TEXT.test(fileName)) ? 'inline' : 'attachment',
    }),
    'Content-Security-Policy': "default-src 'none'; sandbox",
    'X-Content-Type-Options': 'nosniff',
  });
  // No other header is looked at: fetch() sends Cache-Control: no-cache with a condition, which would end it here.
  if (fresh({ 'if-none-match': request.headers['if-none-match'] }, { etag: `"${etag}"` })) {
    response.status(304).end();
    return;
  }
  const range = requestedRange(request, size, etag);
  const { from, to } = range ?? { from: 0, to: size };
  if (range !== null) response.status(206).set('Content-Range', `bytes ${from}-${to - 1}/${size}`);
  response.set('Content-Length', String(to - from));
  if (request.method === 'HEAD') {
    response.end();
    return;
  }
  await sendStream(open({ from, to }), response);
}

/** A browser that goes away in the middle is no error. */
export async function sendStream(stream: Readable, response: Response): Promise<void> {
  try {
    await pipeline(stream, response);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
  }
}

/** One range; several at once are answered with the whole, as the standard allows. */
function requestedRange(request: Request, size: number, etag: string): { from: number; to: number } | null {
  const ifRange = request.headers['if-range'];
  const match = /^bytes=(\d*)-(\d*)$/.exec(request.headers.range ?? '');
  if (match === null || (ifRange !== undefined && ifRange !== `"${etag}"`)) return null;
  const [, first = '', last = ''] = match;
  if (first === '' && last === '') return null;
  const from = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const to = first === '' || last === '' ? size : Math.min(size, Number(last) + 1);
  if (from >= size || to <= from) {
    throw new ProblemError(
      416,
      'range.unsatisfiable',
      `The range is outside of the ${size} bytes that there are.`,
      undefined,
      { 'Content-Range': `bytes */${size}` },
    );
  }
  return { from, to };
}
