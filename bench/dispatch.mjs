// Authenticated POST of a run → first byte of the child's own output at a watching socket, beside the least
// that the same parts can do: bare BullMQ add → active → spawn → first byte. Interleaved, on an idle machine.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request as httpRequest } from 'node:http';
import { Queue, Worker } from 'bullmq';
import { ms, percentile } from './lib/numbers.mjs';
import { startProduct } from './lib/product.mjs';
import { atMost, report } from './lib/report.mjs';
import { openSocket } from './lib/watcher.mjs';

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 200);
const WARM_UP = 20;
const AIMS = [
  { share: 0.5, aim: 4 },
  { share: 0.99, aim: 5 },
];

const agent = new Agent({ keepAlive: true });
const product = await startProduct();

async function main() {
  const { id: projectId } = await product.client.createProject('bench');
  await product.client.putFile(projectId, 'a.txt', 'a');
  const socket = await openSocket(product);

  const bare = await bareDispatch();
  const ours = [];
  const least = [];
  for (let i = 0; i < ROUNDS + WARM_UP; i++) {
    const a = await bare.once();
    const b = await dispatch(socket, projectId);
    if (i < WARM_UP) continue;
    least.push(a);
    ours.push(b);
  }
  await bare.close();
  socket.close();
  report(
    AIMS.map(({ share, aim }) => {
      const [a, b] = [percentile(least, share), percentile(ours, share)];
      return atMost(`POST → first byte, p${share * 100}`, ms(a), ms(b), b / a, aim);
    }),
  );
}

/** One keep-alive connection, as a browser has it: fetch() of Node alone costs more than the server's answer. */
function post(path, body) {
  return new Promise((resolve, reject) => {
    const data = JSON.stringify(body);
    const headers = {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(data),
      authorization: `Bearer ${product.client.token}`,
    };
    const request = httpRequest(`${product.url}/api/v1/${path}`, { method: 'POST', agent, headers }, (response) => {
      let text = '';
      response
        .setEncoding('utf8')
        .on('data', (piece) => (text += piece))
        .on('end', () => resolve(JSON.parse(text)));
    });
    request.on('error', reject).end(data);
  });
}

/** The time from the POST to the first byte of stdout at the socket, which watches as soon as it knows the run. */
async function dispatch(socket, projectId) {
  const began = performance.now();
  let seen = null;
  let runId = null;
  const early = [];
  const first = new Promise((resolve) => {
    const onOutput = (frame) => {
      if (runId === null) early.push(frame);
      else if (frame.runId === runId && frame.segments.some(([, stream]) => stream === 0)) {
        seen ??= performance.now();
        resolve(seen);
      }
    };
    socket.on('output', onOutput);
  });
  // The page watches when it hears of the run, which may be before the answer to its POST.
  const watched = new Promise((resolve) => {
    socket.on('run.changed', async (run) => {
      if (runId !== null && run.id !== runId) return;
      runId = run.id;
      socket.off('run.changed');
      const reply = await socket.emitWithAck('watch', { runId });
      if (reply.storedBytes > 'Running /bin/echo hello\n'.length) seen ??= performance.now();
      resolve(reply.storedBytes);
    });
  });
  const run = await post('runs', { projectId, command: '/bin/echo hello' });
  runId ??= run.id;
  await watched;
  const at = seen ?? (await first);
  socket.off('output');
  for (;;) {
    const now = await product.client.run(run.id);
    if (now.state === 'succeeded') return at - began;
    if (now.finishedAt) throw new Error(`the run ended as ${now.state}`);
  }
}

/** The baseline: BullMQ on the same Redis, and a child of this process. */
async function bareDispatch() {
  const connection = { path: product.redis.socket, password: product.redis.password, maxRetriesPerRequest: null };
  const queue = new Queue('bare', { connection });
  let onByte = () => undefined;
  const worker = new Worker(
    'bare',
    async () => {
      const child = spawn('/bin/echo', ['hello'], { stdio: ['ignore', 'pipe', 'ignore'] });
      child.stdout.once('data', () => onByte(performance.now()));
      await once(child, 'exit');
    },
    { connection },
  );
  await worker.waitUntilReady();
  return {
    async once() {
      const byte = new Promise((resolve) => (onByte = resolve));
      const idle = once(worker, 'completed');
      const began = performance.now();
      await queue.add('run', {}, { removeOnComplete: true });
      const at = await byte;
      await idle;
      return at - began;
    },
    async close() {
      await worker.close();
      await queue.close();
    },
  };
}

try {
  await main();
} finally {
  agent.destroy();
  await product.stop();
}
