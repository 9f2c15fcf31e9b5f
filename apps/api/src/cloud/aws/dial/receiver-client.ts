import { request } from 'node:https';
import { text } from 'node:stream/consumers';
import type { Introduction } from './introductions.service.js';

/** Longer than a machine takes to fetch Node. */
const ANSWER_MS = 12 * 60_000;
const CONNECT_MS = 10_000;
const MOST_BYTES = 64 * 1024;

/**
 * Asks the receiver of a new machine, which is known by its certificate: nothing is sent to anybody else.
 * @throws Error where it does not answer, is another one, or says no.
 */
export async function askReceiver(
  { host, port }: { host: string; port: number },
  { certificate, token }: Introduction,
  path: '/take' | '/begin',
  body: object,
): Promise<unknown> {
  const payload = JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const question = request(
      {
        ...{ host, port, path, method: 'POST', agent: false, minVersion: 'TLSv1.3' as const },
        // It vouches for itself alone, under a name that no machine has: the name says nothing more.
        ...{ ca: certificate, checkServerIdentity: () => undefined },
        headers: {
          authorization: `Bearer ${token}`,
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(payload),
        },
      },
      (answer) => {
        let size = 0;
        answer.on('data', (bytes: Buffer) => {
          size += bytes.length;
          if (size > MOST_BYTES) question.destroy(new Error('The machine says more than it has to.'));
        });
        text(answer).then((said) => {
          if (answer.statusCode === 200) resolve(JSON.parse(said));
          else reject(new Error(`The machine answered ${answer.statusCode}: ${said.slice(0, 500)}`));
        }, reject);
      },
    );
    const late = setTimeout(() => question.destroy(new Error('The machine does not answer.')), CONNECT_MS);
    question.once('socket', (socket) => socket.once('secureConnect', () => clearTimeout(late)));
    question.setTimeout(ANSWER_MS, () => question.destroy(new Error('The machine does not answer.')));
    question.once('error', reject);
    question.once('close', () => clearTimeout(late));
    question.end(payload);
  });
}
