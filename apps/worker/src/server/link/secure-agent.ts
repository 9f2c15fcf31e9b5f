import { createHash, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Agent, type RequestOptions } from 'node:https';
import type { Duplex } from 'node:stream';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import type { Logger } from '../../base/logger.js';

/** Whoever takes the connection and then says nothing is no server. */
const HANDSHAKE_MS = 10_000;

type Connected = (error: Error | null, socket?: Duplex) => void;

class UntrustedServer extends Error {
  override readonly name = 'UntrustedServer';
}

/**
 * Connections by TLS to a server that has either a certificate which this computer trusts, or the public key whose
 * SHA-256 stands in the file. Certificates may be renewed and keep their key, and nobody vouches for those that a server
 * makes itself. Nothing is sent before that was compared.
 */
export class SecureAgent extends Agent {
  private lastWords = '';

  constructor(
    private readonly keyFile: string | null,
    private readonly log: Logger,
    private readonly handshakeMs = HANDSHAKE_MS,
  ) {
    // A resumed session shows no certificate.
    super({ maxCachedSessions: 0 });
  }

  override createConnection(options: RequestOptions, connected: Connected): undefined {
    const socket = connect({ ...(options as ConnectionOptions), rejectUnauthorized: false });
    const failed = (error: Error) => {
      socket.destroy();
      connected(error);
    };
    socket.once('error', failed);
    const late = setTimeout(() => failed(new Error('The server does not answer by TLS.')), this.handshakeMs);
    socket.once('close', () => clearTimeout(late));
    socket.once('secureConnect', () => {
      clearTimeout(late);
      socket.off('error', failed);
      const problem = this.problemOf(socket);
      if (problem === null) {
        this.lastWords = '';
        connected(null, socket);
        return;
      }
      // It is tried again and again: said once.
      if (problem !== this.lastWords) this.log.error(problem);
      this.lastWords = problem;
      failed(new UntrustedServer(problem));
    });
  }

  private problemOf(socket: TLSSocket): string | null {
    if (socket.authorized) return null;
    const why = String(socket.authorizationError);
    if (this.keyFile === null)
      return `The certificate of the server is not trusted here (${why}). Join again by the command that the server shows at Add a machine, which names its key, or give the key by --server-key-file.`;
    const given = givenKey(this.keyFile);
    if (given === null)
      return `${this.keyFile} holds no key such as sha256//… in 44 letters, and the certificate of the server is not trusted here (${why}). Put the key there that the server shows at Add a machine.`;
    const shown = keyOf(socket);
    if (shown !== null && timingSafeEqual(shown, given)) return null;
    return `Another key answers than the one in ${this.keyFile}: sha256//${shown?.toString('base64') ?? ''}. Nothing was sent. If the server has a new key, put the one there that it shows at Add a machine; else something else listens at its address.`;
  }
}

function keyOf(socket: TLSSocket): Buffer | null {
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined) return null;
  return createHash('sha256')
    .update(certificate.publicKey.export({ type: 'spki', format: 'der' }))
    .digest();
}

/** Read for each connection: the server of the same computer writes it anew when it has another key. */
function givenKey(file: string): Buffer | null {
  try {
    const [, base64] = /^sha256\/\/([A-Za-z0-9+/]{43}=)\s*$/.exec(readFileSync(file, 'utf8')) ?? [];
    return base64 === undefined ? null : Buffer.from(base64, 'base64');
  } catch {
    return null;
  }
}
