import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { Readable } from 'node:stream';
import { Client } from './client.js';

/** A client that trusts one certificate and no other, as `fetch` cannot; bodies are texts and bytes. */
export class SecureClient extends Client {
  constructor(
    url: string,
    private readonly ca: string,
  ) {
    super(url);
  }

  protected override async send(url: string, { method, headers, body }: RequestInit): Promise<Response> {
    const question = request(url, {
      ca: this.ca,
      method: method ?? 'GET',
      headers: headers as Record<string, string>,
      agent: false,
    });
    question.end(body as string | Uint8Array | undefined);
    const [answer] = (await once(question, 'response')) as [IncomingMessage];
    const { statusCode = 0 } = answer;
    const pairs = Object.entries(answer.headersDistinct).flatMap(([name, values = []]) =>
      values.map((value): [string, string] => [name, value]),
    );
    const hasBody = ![204, 304].includes(statusCode);
    return new Response(hasBody ? (Readable.toWeb(answer) as ReadableStream<Uint8Array>) : null, {
      status: statusCode,
      headers: pairs,
    });
  }
}
