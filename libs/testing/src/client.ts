import type { CreateRun, FileList, MachineView, Page, ProjectView, RunView, TokenView } from '@mle/protocol';
import { isTerminal } from '@mle/protocol';
import { until } from './until.js';

/** An answer that was read to its end. */
export interface Answer<T = unknown> {
  status: number;
  headers: Headers;
  bytes: Buffer;
  /** The parsed JSON of any JSON answer. */
  body: T;
}

type Body = string | Uint8Array<ArrayBuffer> | FormData | object | undefined;
type Fields = Record<string, string>;

const POLL_MS = 50;

/**
 * Talks to the API as one browser does: keeps its cookie and sends objects as JSON. With a token it is what curl would
 * be. A path that does not begin with a slash is one below /api/v1.
 */
export class Client {
  /** `name=value` of the session. */
  cookie = '';
  /** `name=value` of the cookie that outlives it. */
  device = '';
  token = '';
  userId = '';

  constructor(readonly url: string) {}

  /** The answer itself, of which the body may be read as it comes. */
  async fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const credential: Fields = this.token
      ? { authorization: `Bearer ${this.token}` }
      : { ...((this.cookie || this.device) && { cookie: [this.cookie, this.device].filter(Boolean).join('; ') }) };
    const response = await this.send(`${this.url}${path.startsWith('/') ? '' : '/api/v1/'}${path}`, {
      redirect: 'manual',
      ...init,
      headers: { ...credential, ...(init.headers as Fields) },
    });
    for (const line of response.headers.getSetCookie()) {
      const [pair = ''] = line.split(';', 1);
      if (pair.includes('mle_device=')) this.device = pair;
      else this.cookie = pair.endsWith('=') ? '' : pair;
    }
    return response;
  }

  protected send(url: string, init: RequestInit): Promise<Response> {
    return fetch(url, init);
  }

  async request<T = unknown>(method: string, path: string, body?: Body, headers: Fields = {}): Promise<Answer<T>> {
    const raw =
      body === undefined || typeof body === 'string' || body instanceof Uint8Array || body instanceof FormData;
    const response = await this.fetch(path, {
      method,
      headers: { ...(!raw && { 'content-type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: raw ? body : JSON.stringify(body) }),
    });
    const bytes = Buffer.from(await response.arrayBuffer());
    const isJson = /json/.test(response.headers.get('content-type') ?? '') && bytes.length > 0;
    return {
      status: response.status,
      headers: response.headers,
      bytes,
      body: (isJson ? JSON.parse(bytes.toString()) : undefined) as T,
    };
  }

  get<T = unknown>(path: string, headers?: Fields): Promise<Answer<T>> {
    return this.request<T>('GET', path, undefined, headers);
  }
  post<T = unknown>(path: string, body?: Body, headers?: Fields): Promise<Answer<T>> {
    return this.request<T>('POST', path, body, headers);
  }
  put<T = unknown>(path: string, body?: Body, headers?: Fields): Promise<Answer<T>> {
    return this.request<T>('PUT', path, body, headers);
  }
  patch<T = unknown>(path: string, body?: Body, headers?: Fields): Promise<Answer<T>> {
    return this.request<T>('PATCH', path, body, headers);
  }
  delete<T = unknown>(path: string, headers?: Fields): Promise<Answer<T>> {
    return this.request<T>('DELETE', path, undefined, headers);
  }

  /** An answer that has to be good. */
  async good<T>(method: string, path: string, body?: Body, headers?: Fields): Promise<Answer<T>> {
    const answer = await this.request<T>(method, path, body, headers);
    if (answer.status < 200 || answer.status > 299)
      throw new Error(`${method} ${path} answered ${answer.status}: ${answer.bytes.toString()}`);
    return answer;
  }

  /** The JSON of an answer that has to be good. */
  async json<T>(method: string, path: string, body?: Body, headers?: Fields): Promise<T> {
    return (await this.good<T>(method, path, body, headers)).body;
  }

  /** Logs in with a password, makes an API token, and uses that from then on. */
  async login(login: string, password: string): Promise<void> {
    this.token = '';
    await this.good('POST', 'auth/login', { login, password });
    const { token = '' } = await this.json<TokenView>('POST', 'tokens', { name: 'test' });
    this.token = token;
  }

  /** The same user by the session instead of the token, which changes no accounts. */
  inBrowser(): Client {
    return Object.assign(new Client(this.url), { cookie: this.cookie, device: this.device, userId: this.userId });
  }

  createProject(name: string): Promise<ProjectView> {
    return this.json('POST', 'projects', { name });
  }

  async putFile(projectId: string, path: string, bytes: string | Uint8Array<ArrayBuffer>): Promise<void> {
    await this.good('PUT', `projects/${projectId}/files/${path}`, bytes);
  }

  files(projectId: string): Promise<FileList> {
    return this.json('GET', `projects/${projectId}/files`);
  }

  async machine(): Promise<MachineView> {
    const { items } = await this.json<Page<MachineView>>('GET', 'machines');
    const [machine] = items;
    if (!machine) throw new Error('no machine has joined');
    return machine;
  }

  startRun(run: CreateRun, headers?: Fields): Promise<RunView> {
    return this.json('POST', 'runs', run, headers);
  }

  run(id: string): Promise<RunView> {
    return this.json('GET', `runs/${id}`);
  }

  stopRun(id: string): Promise<RunView> {
    return this.json('POST', `runs/${id}/stop`);
  }

  async output(id: string, query = ''): Promise<Buffer> {
    return (await this.good('GET', `runs/${id}/output${query}`)).bytes;
  }

  /** Polls until the run is in a state that `accepts` likes. */
  async until(id: string, accepts: (run: RunView) => boolean, seconds = 60): Promise<RunView> {
    let last: RunView | null = null;
    const look = async (): Promise<RunView | null> => {
      // The server may be away for a moment: that is what some tests are about.
      last = await this.run(id).catch(() => last);
      return last && accepts(last) ? last : null;
    };
    return until(`run ${id} gets there`, look, seconds * 1000, POLL_MS).catch((error: unknown) => {
      throw new Error(`${(error as Error).message}; it is ${JSON.stringify(last)}`);
    });
  }

  ended(id: string, seconds = 60): Promise<RunView> {
    return this.until(id, (run) => isTerminal(run.state), seconds);
  }
}
