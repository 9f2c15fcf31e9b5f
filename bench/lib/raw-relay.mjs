// The baseline of the output bench: a producer → a relay → this process, each a process, over plain WebSockets.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { WebSocket, WebSocketServer } from 'ws';
import { atRate, blocks } from './printer.mjs';

/** Messages under way before the producer waits, and bytes held before the relay does. */
const WINDOW = 16;
const BACKLOG_BYTES = 4 * 1024 * 1024;
const OPTIONS = { perMessageDeflate: false };

/** Starts a relay; `receive` has a producer send through it and calls `onMessage` with what comes out. */
export async function startRawRelay() {
  const relay = spawn(process.execPath, [import.meta.filename, 'relay'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [address] = await once(relay.stdout, 'data');
  const url = `ws://127.0.0.1:${Number(address)}`;
  return {
    /** @param {string[]} what of printer.mjs */
    async receive(what, onMessage) {
      const socket = new WebSocket(`${url}/out`, OPTIONS);
      await once(socket, 'open');
      socket.on('message', onMessage);
      const producer = spawn(process.execPath, [import.meta.filename, 'produce', url, ...what], {
        stdio: ['ignore', 'ignore', 'inherit'],
      });
      await Promise.all([once(socket, 'close'), once(producer, 'exit')]);
    },
    stop() {
      relay.kill();
    },
  };
}

async function relay() {
  const http = createServer().listen(0, '127.0.0.1');
  const server = new WebSocketServer({ server: http, ...OPTIONS });
  let out = null;
  server.on('connection', (socket, request) => {
    if (request.url === '/out') out = socket;
    else carry(socket, out);
  });
  await once(http, 'listening');
  process.stdout.write(`${http.address().port}\n`);
}

function carry(from, to) {
  from.on('message', (data) => {
    to.send(data, () => from.isPaused && to.bufferedAmount < BACKLOG_BYTES && from.resume());
    if (to.bufferedAmount >= BACKLOG_BYTES) from.pause();
  });
  from.on('close', () => to.close());
}

async function produce(url, [what, count, perSecond]) {
  const socket = new WebSocket(`${url}/in`, OPTIONS);
  await once(socket, 'open');
  if (what === 'lines') await atRate(Number(count), Number(perSecond), (line) => socket.send(Buffer.from(line)));
  else {
    let waiting = 0;
    let resume = () => undefined;
    for (const block of blocks(Number(count))) {
      waiting++;
      socket.send(block, () => --waiting < WINDOW && resume());
      if (waiting >= WINDOW) await new Promise((resolve) => (resume = resolve));
    }
  }
  socket.close();
}

const [, script, role, url, ...what] = process.argv;
if (script === import.meta.filename && role === 'relay') await relay();
if (script === import.meta.filename && role === 'produce') await produce(url, what);
