import { parentPort } from 'node:worker_threads';
import type { Said } from './deadline-thread.js';

/**
 * Answers what a `DeadlineThread` is asked; a question that is answered by `undefined` was only told. `moved`: what of
 * an answer goes over without a copy.
 */
export function serveThread<Answer>(
  answer: (question: never) => Answer | undefined,
  moved: (answer: Answer) => ArrayBuffer[] = () => [],
): void {
  const port = parentPort;
  if (!port) throw new Error('This file is a thread of the server. Start dist/apps/api/main.mjs.');
  port.on('message', (question: unknown) => {
    const said = saying(() => answer(question as never));
    if (said) port.postMessage(said, 'answer' in said ? moved(said.answer) : []);
  });
  port.postMessage({ ready: true } satisfies Said<unknown>);
}

function saying<Answer>(answer: () => Answer | undefined): Exclude<Said<Answer>, { ready: true }> | null {
  try {
    const found = answer();
    return found === undefined ? null : { answer: found };
  } catch (error) {
    return { error: error as Error };
  }
}
