/** An answer that was read to its end. */
export interface Answer<T = unknown> {
  status: number;
  headers: Headers;
  bytes: Buffer;
  /** The parsed JSON of any JSON answer. */
  body: T;
}

type Body = string | Uint8Array<ArrayBuffer> | FormData | object | undefined;

/** Talks to the API as one browser does: keeps its cookie and sends objects as JSON. */
export class Client {
  cookie = '';
  userId = '';

  constructor(readonly url: string) {}

  async request<T = unknown>(
    method: string,
    path: string,
    body?: Body,
    headers: Record<string, string> = {},
  ): Promise<Answer<T>> {
    const raw =
      body === undefined || typeof body === 'string' || body instanceof Uint8Array || body instanceof FormData;
    const response = await fetch(this.url + path, {
      method,
      redirect: 'manual',
      headers: {
        ...(this.cookie && { cookie: this.cookie }),
        ...(!raw && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: raw ? body : JSON.stringify(body) }),
    });
    for (const line of response.headers.getSetCookie()) {
      const [pair = ''] = line.split(';', 1);
      this.cookie = pair.endsWith('=') ? '' : pair;
    }
    const bytes = Buffer.from(await response.arrayBuffer());
    const isJson = /json/.test(response.headers.get('content-type') ?? '') && bytes.length > 0;
    return {
      status: response.status,
      headers: response.headers,
      bytes,
      body: (isJson ? JSON.parse(bytes.toString()) : undefined) as T,
    };
  }

  get<T = unknown>(path: string, headers?: Record<string, string>): Promise<Answer<T>> {
    return this.request<T>('GET', path, undefined, headers);
  }
  post<T = unknown>(path: string, body?: Body, headers?: Record<string, string>): Promise<Answer<T>> {
    return this.request<T>('POST', path, body, headers);
  }
  put<T = unknown>(path: string, body?: Body, headers?: Record<string, string>): Promise<Answer<T>> {
    return this.request<T>('PUT', path, body, headers);
  }
  patch<T = unknown>(path: string, body?: Body, headers?: Record<string, string>): Promise<Answer<T>> {
    return this.request<T>('PATCH', path, body, headers);
  }
  delete<T = unknown>(path: string, headers?: Record<string, string>): Promise<Answer<T>> {
    return this.request<T>('DELETE', path, undefined, headers);
  }
}
