import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { connect, type TLSSocket } from 'node:tls';
import {
  CARRIER_EXPORTER,
  CARRIER_HEADERS,
  CARRIER_PATH,
  CARRIER_PROTOCOL,
  CARRIER_TIMING,
  CARRIER_VERSION,
  CarrierRefusalSchema,
  type CarrierSession,
  proofText,
  shownFingerprint,
} from '@mle/protocol';
import { DialError } from './dial-error.js';

export interface CarrierTarget {
  url: string;
  fingerprint: string;
  token: string;
  /** This installation, as the worker tells servers apart. */
  server: string;
}

/** A wrong token is answered late. */
const ANSWER_MS = CARRIER_TIMING.handshakeMs + 2_000;

/**
 * Dials the worker: pinned TLS, then the proofs of both sides, then the bytes are the caller's. Nothing secret is sent
 * before the certificate was compared, and the token itself is never sent.
 * @throws DialError
 */
export async function dialCarrier(target: CarrierTarget, stream: string | null): Promise<TLSSocket> {
  const socket = await secureConnection(target);
  try {
    return await upgrade(socket, target, stream);
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

async function secureConnection({ url, fingerprint }: CarrierTarget): Promise<TLSSocket> {
  const { hostname, port } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, '');
  // The certificate is not judged by anybody's authority: it is compared below.
  const socket = connect({ host, port: Number(port || 443), rejectUnauthorized: false, minVersion: 'TLSv1.3' });
  socket.setNoDelay(true);
  let connected = false;
  socket.once('connect', () => (connected = true));
  try {
    await within(CARRIER_TIMING.handshakeMs, socket, (resolve, reject) => {
      socket.once('secureConnect', resolve);
      socket.once('error', reject);
      socket.once('close', () => reject(new Error('the connection was closed')));
    });
  } catch (error) {
    socket.destroy();
    throw connectionProblem(url, error, connected);
  }
  const certificate = socket.getPeerX509Certificate();
  const seen = certificate ? createHash('sha256').update(certificate.raw).digest('hex') : '';
  if (seen === fingerprint) return socket;
  socket.destroy();
  throw new DialError(
    'fingerprint',
    `Another certificate answers at ${url} than the one given. Its fingerprint is ${shownFingerprint(seen)}. Compare it with what the worker printed; if they differ, something else listens there.`,
  );
}

async function upgrade(socket: TLSSocket, target: CarrierTarget, stream: string | null): Promise<TLSSocket> {
  const exported = socket
    .exportKeyingMaterial(CARRIER_EXPORTER.bytes, CARRIER_EXPORTER.label, Buffer.alloc(0))
    .toString('hex');
  const session = { exported, fingerprint: target.fingerprint, server: target.server, stream };
  // Plain HTTP inside the TLS connection that is there already.
  const question = request({
    createConnection: () => socket,
    path: CARRIER_PATH,
    headers: {
      host: new URL(target.url).host,
      connection: 'Upgrade',
      upgrade: CARRIER_PROTOCOL,
      [CARRIER_HEADERS.version]: String(CARRIER_VERSION),
      [CARRIER_HEADERS.server]: target.server,
      ...(stream !== null && { [CARRIER_HEADERS.stream]: stream }),
      [CARRIER_HEADERS.proof]: proof(target.token, { ...session, side: 'server' }),
    },
  });
  const answered = within<Answer>(ANSWER_MS, socket, (resolve, reject) => {
    question.once('upgrade', (response, _socket, head) => resolve({ response, head }));
    question.once('response', (response) => resolve({ response, head: null }));
    question.once('error', reject);
  });
  question.end();
  const { response, head } = await answered.catch((error: unknown) => {
    throw new DialError(
      'not_a_worker',
      `What listens at ${target.url} did not answer as a worker does (${sentence(error)}). Check the address.`,
    );
  });
  if (head === null) throw await refusal(response, target.url);
  const theirs = String(response.headers[CARRIER_HEADERS.proof] ?? '');
  const expected = proof(target.token, { ...session, side: 'worker' });
  if (theirs.length !== expected.length || !timingSafeEqual(Buffer.from(theirs), Buffer.from(expected))) {
    throw new DialError(
      'token',
      `What listens at ${target.url} does not know the token. Copy the token of this worker again.`,
    );
  }
  if (head.length > 0) socket.unshift(head);
  return socket;
}

interface Answer {
  response: IncomingMessage;
  /** Null: no upgrade. */
  head: Buffer | null;
}

function proof(token: string, session: CarrierSession): string {
  return createHmac('sha256', token).update(proofText(session)).digest('hex');
}

async function refusal(response: IncomingMessage, url: string): Promise<DialError> {
  // What is longer than a refusal is none.
  response.once('error', () => undefined).setTimeout(CARRIER_TIMING.handshakeMs, () => response.destroy());
  const length = Number(response.headers['content-length'] ?? Infinity);
  const body = length > 1_000 ? '' : await text(response).catch(() => '');
  const parsed = CarrierRefusalSchema.safeParse(json(body));
  if (!parsed.success)
    return new DialError(
      'not_a_worker',
      `What listens at ${url} is no worker of this kind: it answered with status ${response.statusCode ?? 0}. Check the address.`,
    );
  const { code, linkVersion } = parsed.data;
  switch (code) {
    case 'proof':
      return new DialError(
        'token',
        `The worker at ${url} refused the token. Copy it again from the file that the worker named.`,
      );
    case 'link_version':
      return new DialError(
        'link_version',
        `The worker at ${url} speaks version ${linkVersion} with servers that dial and this server version ${CARRIER_VERSION}. Fetch the worker again from /worker/worker.mjs of this server and start it anew.`,
      );
    case 'taken':
      return new DialError(
        'taken',
        `The worker at ${url} is connected to another server. Remove the machine there first.`,
      );
    case 'no_stream':
      return new DialError('no_stream', `The worker at ${url} does not wait for this connection any more.`);
    case 'malformed':
      return new DialError(
        'not_a_worker',
        `The worker at ${url} did not understand this server. Fetch the worker again from /worker/worker.mjs of this server.`,
      );
  }
}

function connectionProblem(url: string, error: unknown, connected: boolean): DialError {
  const { code = '', message } = error as NodeJS.ErrnoException;
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return new DialError(
      'unreachable',
      `The name in ${url} is not known to this server. Check the address, or give the number of the computer.`,
    );
  if (connected)
    return new DialError(
      'not_tls',
      `What listens at ${url} does not speak TLS as a worker does (${message}). Check the port, and that the worker was started with --listen.`,
    );
  const why =
    code === 'ECONNREFUSED'
      ? 'nothing listens there'
      : code === 'EHOSTUNREACH' || code === 'ENETUNREACH'
        ? 'there is no way to this computer'
        : message;
  return new DialError(
    'unreachable',
    `${url} cannot be reached from this server: ${why}. Check that the worker runs, and that a firewall lets its port through.`,
  );
}

/** Settles with the work, or rejects after the time. */
async function within<T>(
  milliseconds: number,
  socket: TLSSocket,
  work: (resolve: (value: T) => void, reject: (error: Error) => void) => void,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<T>((resolve, reject) => {
      timer = setTimeout(() => reject(new Error('no answer in time')), milliseconds);
      work(resolve, reject);
    });
  } finally {
    clearTimeout(timer);
    // An error after the end of the wait has nobody who waits for it.
    socket.on('error', () => socket.destroy());
  }
}

function json(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}

const sentence = (error: unknown): string => (error instanceof Error ? error.message : String(error));
