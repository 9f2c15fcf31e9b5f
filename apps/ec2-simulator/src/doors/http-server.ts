import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CutConnection } from '../services/call.js';
import type { Answer } from '../services/protocols.js';
import type { AwsDoor } from './aws-door.js';
import type { ControlDoor } from './control-door.js';

const LONGEST_BODY = 1_048_576;

/** The one port of the simulator: the control routes under their path, and everything else is a call of an SDK. */
export class HttpServer {
  private readonly server: Server;

  constructor(
    private readonly aws: AwsDoor,
    private readonly control: ControlDoor,
    private readonly report: (error: unknown) => void,
  ) {
    this.server = createServer((request, response) => {
      this.serve(request, response).catch((error: unknown) => {
        if (!(error instanceof CutConnection)) this.report(error);
        request.socket.destroy();
      });
    });
  }

  /** Resolves with the port. */
  async listen(port: number): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, '127.0.0.1', resolve);
    });
    return (this.server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => void this.server.close(() => resolve()));
    this.server.closeAllConnections();
    await closed;
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request);
    const { method = '', url = '/', headers } = request;
    const answer = this.control.serves(url)
      ? await this.control.answer(method, url, headers.authorization, body.toString())
      : await this.aws.answer({ method, url, headers, body });
    send(response, answer);
  }
}

function send(response: ServerResponse, { status, requestId, contentType, body }: Answer): void {
  response.writeHead(status, {
    ...(requestId === undefined ? {} : { 'x-amzn-requestid': requestId }),
    'content-type': contentType,
    'content-length': Buffer.byteLength(body),
  });
  response.end(body);
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    const bytes = chunk as Buffer;
    length += bytes.length;
    if (length > LONGEST_BODY) throw new Error(`A request is longer than ${LONGEST_BODY} bytes.`);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}
