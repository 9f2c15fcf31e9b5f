import { createHash, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { createServer, request, type Server } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Logger } from '../../base/logger.js';
import { makeCertificate } from '../listen/certificate.js';
import { SecureAgent } from './secure-agent.js';

const folder = mkdtempSync(join(tmpdir(), 'mle-agent-'));
const keyFile = join(folder, 'server-key');
const identity = makeCertificate('a server');
const other = makeCertificate('another server');
const said: string[] = [];
const log = { error: (sentence: string) => said.push(sentence) } as unknown as Logger;
const asked: string[] = [];
let server: Server;

beforeAll(async () => {
  server = createServer({ cert: identity.certificate, key: identity.key }, (message, response) => {
    asked.push(message.url ?? '');
    response.end('hello');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  said.length = 0;
  asked.length = 0;
});

const keyOf = (certificate: string): string =>
  `sha256//${createHash('sha256')
    .update(new X509Certificate(certificate).publicKey.export({ type: 'spki', format: 'der' }))
    .digest('base64')}`;

async function ask(agent: SecureAgent): Promise<string> {
  const question = request({ host: '127.0.0.1', port: (server.address() as AddressInfo).port, path: '/secret', agent });
  question.end();
  const [response] = (await once(question, 'response')) as [IncomingMessage];
  return text(response);
}

test('the server is known by its key, whoever made its certificate, at each connection', async () => {
  writeFileSync(keyFile, `${keyOf(identity.certificate)}\n`);
  const agent = new SecureAgent(keyFile, log);
  expect([await ask(agent), await ask(agent)]).toEqual(['hello', 'hello']);
  expect(said).toEqual([]);
});

test('another key hears nothing, and is said once with what to do', async () => {
  writeFileSync(keyFile, `${keyOf(other.certificate)}\n`);
  const agent = new SecureAgent(keyFile, log);
  for (let tries = 0; tries < 3; tries++) await expect(ask(agent)).rejects.toThrow('Another key answers');
  expect(asked).toEqual([]);
  expect(said).toEqual([expect.stringContaining(keyOf(identity.certificate))]);
  writeFileSync(keyFile, keyOf(identity.certificate));
  expect(await ask(agent)).toBe('hello');
});

test('a server that takes the connection and says nothing is given up', async () => {
  const silent = createTcpServer();
  silent.listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const closed = once(silent, 'connection').then(([socket]) => once((socket as Socket).resume(), 'close'));
  const { port } = silent.address() as AddressInfo;
  const question = request({ host: '127.0.0.1', port, agent: new SecureAgent(keyFile, log, 50) });
  question.end();
  await expect(once(question, 'response')).rejects.toThrow('does not answer by TLS');
  await closed;
  silent.close();
});

test.each([
  ['no file', join(folder, 'none')],
  ['no key in it', folder],
  ['no file given', null],
])('a certificate that nobody vouches for is refused with %s', async (_what, file) => {
  await expect(ask(new SecureAgent(file, log))).rejects.toThrow('is not trusted here (DEPTH_ZERO_SELF_SIGNED_CERT)');
  expect(asked).toEqual([]);
});
