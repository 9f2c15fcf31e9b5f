import { setTimeout as sleep } from 'node:timers/promises';
import type { CreateRun, FileList, MachineView, Page, ProjectView, RunView, TokenView } from '@mle/protocol';
import { isTerminal } from '@mle/protocol';

/** The REST API as curl would use it. */
export class Api {
  private headers: Record<string, string> = {};
  /** `name=value` of the session that the log-in began. */
  cookie = '';

  constructor(readonly url: string) {}

  async fetch(path: string, init: RequestInit = {}): Promise<Response> {
    return fetch(`${this.url}/api/v1/${path}`, {
      ...init,
      headers: { ...this.headers, ...(init.headers as Record<string, string>) },
    });
  }

  /** The JSON of an answer that has to be good. */
  async json<T>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<T> {
    const response = await this.fetch(path, {
      method,
      headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }

  /** Logs in with a password, makes an API token, and uses that from then on. */
  async login(login: string, password: string): Promise<void> {
    const response = await this.fetch('auth/login', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ login, password }),
    });
    if (!response.ok) throw new Error(`the login answered ${response.status}`);
    this.cookie = response.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    this.headers = { cookie: this.cookie };
    const { token } = await this.json<TokenView>('POST', 'tokens', { name: 'system test' });
    this.headers = { authorization: `Bearer ${token}` };
  }

  get token(): string {
    return this.headers['authorization']?.slice('Bearer '.length) ?? '';
  }

  createProject(name: string): Promise<ProjectView> {
    return this.json('POST', 'projects', { name });
  }

  async putFile(projectId: string, path: string, bytes: string | Uint8Array<ArrayBuffer>): Promise<void> {
    const response = await this.fetch(`projects/${projectId}/files/${path}`, { method: 'PUT', body: bytes });
    if (!response.ok) throw new Error(`PUT ${path} answered ${response.status}: ${await response.text()}`);
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

  startRun(run: CreateRun, headers: Record<string, string> = {}): Promise<RunView> {
    return this.json('POST', 'runs', run, headers);
  }

  run(id: string): Promise<RunView> {
    return this.json('GET', `runs/${id}`);
  }

  stopRun(id: string): Promise<RunView> {
    return this.json('POST', `runs/${id}/stop`);
  }

  async output(id: string, query = ''): Promise<Buffer> {
    const response = await this.fetch(`runs/${id}/output${query}`);
    if (!response.ok) throw new Error(`the output answered ${response.status}: ${await response.text()}`);
    return Buffer.from(await response.arrayBuffer());
  }

  /** Polls until the run is in a state that `accepts` likes. */
  async until(id: string, accepts: (run: RunView) => boolean, seconds = 30): Promise<RunView> {
    let last: RunView | null = null;
    for (const end = Date.now() + seconds * 1000; Date.now() < end;) {
      // The server may be away for a moment: that is what some tests are about.
      last = await this.run(id).catch(() => last);
      if (last && accepts(last)) return last;
      await sleep(50);
    }
    throw new Error(`run ${id} did not get there in ${seconds} s; it is ${JSON.stringify(last)}`);
  }

  ended(id: string, seconds = 30): Promise<RunView> {
    return this.until(id, (run) => isTerminal(run.state), seconds);
  }
}
