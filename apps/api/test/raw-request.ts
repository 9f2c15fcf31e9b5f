import { request } from 'node:http';

/** Sends the address exactly as given: fetch would tidy up `..` before anybody sees it. */
export function rawRequest(
  url: string,
  method: string,
  path: string,
  cookie: string,
  body?: string,
): Promise<{ status: number; body: string }> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const outgoing = request({ hostname, port, method, path, headers: { cookie } }, (response) => {
      let text = '';
      response
        .setEncoding('utf8')
        .on('data', (part: string) => (text += part))
        .on('end', () => resolve({ status: response.statusCode ?? 0, body: text }))
        .on('error', reject);
    });
    outgoing.on('error', reject).end(body);
  });
}
