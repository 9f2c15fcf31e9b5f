/** The thread that reads numbers, with faults: it ends or hangs at a piece of output that says so. */
import { parentPort } from 'node:worker_threads';

const says = (data, word) => Buffer.from(data).includes(word);

function fail({ data }) {
  if (data && says(data, 'END THE THREAD')) process.exit(1);
  while (data && says(data, 'HANG FOR EVER'));
}

const on = parentPort.on.bind(parentPort);
parentPort.on = (event, listener) =>
  on(event, (message) => {
    fail(message);
    listener(message);
  });
await import('../../../../dist/apps/api/metrics-reader.mjs');
