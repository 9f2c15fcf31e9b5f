import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * A port that is free now. Chosen here and not by the API, so that the API keeps it when it is started again.
 * @param {string} host
 * @returns {Promise<string>} '0' where the host is none of this computer: the API then says so
 */
export async function freePort(host) {
  const server = createServer();
  try {
    server.listen(0, host);
    await once(server, 'listening');
  } catch {
    return '0';
  }
  const address = server.address();
  server.close();
  await once(server, 'close');
  return address !== null && typeof address === 'object' ? String(address.port) : '0';
}
