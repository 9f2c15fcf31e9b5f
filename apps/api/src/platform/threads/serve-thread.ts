import { parentPort } from 'node:worker_threads';
import type { Said } from './deadline-thread.js';

/** Answers what a `DeadlineThread` is asked; a question that is answered by `undefined` was only told. */
export function serveThread(answer: (question: never) => unknown): void {
  const port = parentPort;
  if (!port) throw new Error('This file is a thread of the server. Start dist/apps/api/main.mjs.');
  port.on('message', (question: unknown) => {
    const said = saying(() => answer(question as never));
    if (said) port.postMessage(said);
  });
  port.postMessage({ ready: true } satisfies Said<unknown>);
}

function saying(answer: () => unknown): Said<unknown> | null {
  try {
    const found = answer();
    return found === undefined ? null : { answer: found };
  } catch (error) {
    return { error: error as Error };
  }
}
