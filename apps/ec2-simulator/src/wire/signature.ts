import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** What a signed request says of itself. */
export interface SignedRequest {
  method: string;
  /** Path and query as they were sent. */
  url: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** The parts of an Authorization header of AWS Signature Version 4. */
export interface Authorization {
  accessKeyId: string;
  date: string;
  region: string;
  service: string;
  signedHeaders: string[];
  signature: string;
}

const FORM =
  /^AWS4-HMAC-SHA256 Credential=([^/,\s]+)\/(\d{8})\/([^/,\s]+)\/([^/,\s]+)\/aws4_request, ?SignedHeaders=([^,\s]+), ?Signature=([0-9a-f]{64})$/;

/** Null: the request is not signed, or not in this way. */
export function readAuthorization(headers: IncomingHttpHeaders): Authorization | null {
  const header = headers.authorization ?? '';
  const match = header.length > 4096 ? null : FORM.exec(header);
  if (match === null) return null;
  const [, accessKeyId = '', date = '', region = '', service = '', signed = '', signature = ''] = match;
  return { accessKeyId, date, region, service, signedHeaders: signed.split(';'), signature };
}

/** When the request was signed. */
export function signingTime(headers: IncomingHttpHeaders): Date | null {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(String(headers['x-amz-date'] ?? ''));
  if (match === null) return null;
  const [, year, month, day, hour, minute, second] = match;
  return new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

/** Whether the holder of the secret key signed this very request. */
export function signatureHolds(request: SignedRequest, authorization: Authorization, secret: string): boolean {
  const { date, region, service } = authorization;
  const canonical = sha256(canonicalRequest(request, authorization.signedHeaders));
  const scope = `${date}/${region}/${service}/aws4_request`;
  const text = `AWS4-HMAC-SHA256\n${String(request.headers['x-amz-date'] ?? '')}\n${scope}\n${canonical}`;
  const key = [date, region, service, 'aws4_request'].reduce<string | Buffer>(
    (key, part) => hmac(key, part),
    `AWS4${secret}`,
  );
  return timingSafeEqual(hmac(key, text), Buffer.from(authorization.signature, 'hex'));
}

function canonicalRequest({ method, url, headers, body }: SignedRequest, signedHeaders: string[]): string {
  const [path = '/', query = ''] = url.split('?', 2);
  const lines = signedHeaders.map(
    (name) =>
      `${name}:${String(headers[name] ?? '')
        .trim()
        .replace(/\s+/g, ' ')}\n`,
  );
  const sortedQuery = query.split('&').sort().join('&');
  return [method, path, sortedQuery, lines.join(''), signedHeaders.join(';'), sha256(body)].join('\n');
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}
