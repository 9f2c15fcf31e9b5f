import { randomUUID } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { problemOf } from '../http/problem.js';
import { logger } from '../logging/logger.js';

/** Answers an upgrade request by the problem, in the form of all refusals, and ends the connection. */
export function refuseUpgrade(socket: Duplex, error: unknown): void {
  const correlationId = randomUUID();
  const { problem, headers, known } = problemOf(error, correlationId);
  if (!known) logger.error({ err: error, correlationId }, 'an upgrade failed');
  const body = JSON.stringify(problem);
  const head = Object.entries({
    ...headers,
    Connection: 'close',
    'Content-Type': 'application/problem+json',
    'Content-Length': String(Buffer.byteLength(body)),
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${problem.status} ${problem.title}\r\n${head.join('')}\r\n${body}`);
}
