import { createWriteStream } from 'node:fs';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { type IncomingMessage, request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { ServerRoute } from '../link/server-route.js';

const FILES = ['install.sh', 'worker.mjs'] as const;
const ANSWER_MS = 30_000;
const MOST_BYTES = 64 * 1024 * 1024;

/**
 * Leaves the worker of the server and its installer in the folder. False: the same worker lies there already, so that
 * it was tried before.
 */
export async function takeNewerWorker(route: ServerRoute, folder: string): Promise<boolean> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const taken = FILES.map((name) => ({ name, path: join(folder, name), new: join(folder, `${name}.new`) }));
  try {
    for (const file of taken) await take(route, `/worker/${file.name}`, file.new);
    const [known, brought] = await Promise.all(
      [join(folder, 'worker.mjs'), join(folder, 'worker.mjs.new')].map((path) => readFile(path).catch(() => null)),
    );
    if (known && brought && known.equals(brought)) return false;
    for (const file of taken) await rename(file.new, file.path);
    return true;
  } finally {
    for (const file of taken) await rm(file.new, { force: true });
  }
}

async function take({ url, agent }: ServerRoute, path: string, to: string): Promise<void> {
  const answer = await ask(url + path, agent);
  if (answer.statusCode !== 200) {
    answer.destroy();
    throw new Error(`The server answered ${answer.statusCode} for ${path}.`);
  }
  await pipeline(answer, upTo(MOST_BYTES), createWriteStream(to, { mode: 0o600 }));
}

function ask(url: string, agent: ServerRoute['agent']): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const question = (url.startsWith('https:') ? secureRequest : plainRequest)(
      url,
      agent === null ? {} : { agent },
      resolve,
    );
    question.setTimeout(ANSWER_MS, () => question.destroy(new Error('The server does not answer.')));
    question.once('error', reject);
    question.end();
  });
}

function upTo(most: number) {
  return async function* (chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    let size = 0;
    for await (const chunk of chunks) {
      size += chunk.length;
      if (size > most) throw new Error('The server sends more than a worker has.');
      yield chunk;
    }
  };
}
