import type { Response } from 'express';

/** Aborts when the one who asked goes away before the answer: long work need not go on. */
export function goneSignal(response: Response): AbortSignal {
  const gone = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) gone.abort();
  });
  return gone.signal;
}
