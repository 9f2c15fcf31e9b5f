import { type Client, type Parts, startParts } from '@mle/testing';
import { MachinesRepository } from '../src/machines/machines.repository.js';
import { BlobsService } from '../src/platform/blobs/blobs.service.js';
import { openPath } from '../src/platform/http/openapi.js';
import { type Route, RouteRegistry } from '../src/platform/http/route-registry.js';
import { ArtifactsRepository } from '../src/results/artifacts/artifacts.repository.js';
import { type ApiUnderTest, startApi } from './api.js';

/** Every route that is open to everyone. A new one has to be meant. */
const PUBLIC = [
  'GET /api/docs',
  'GET /api/openapi.json',
  'GET /api/v1/auth/status',
  'GET /healthz',
  'GET /metrics',
  'GET /readyz',
  'GET /worker/install.sh',
  'GET /worker/worker.mjs',
  'POST /api/v1/auth/login',
  'POST /api/v1/auth/logout',
  'POST /api/v1/auth/setup',
];
/**
 * Routes with an id of something that belongs to the installation: all users see it. An instance is changed by whoever
 * launched it and by administrators, which its own tests show.
 */
const SHARED = [
  'GET /api/v1/machines/:id',
  'GET /api/v1/pools/:id',
  ...['GET', 'PATCH', 'DELETE'].map((method) => `${method} /api/v1/instances/:id`),
  ...['start', 'restart', 'stop'].map((verb) => `POST /api/v1/instances/:id/${verb}`),
];
const SWEEP = {
  file: 'train.py',
  goal: { metric: 'loss', direction: 'min' },
  space: { rate: { values: [1, 2] } },
};
/** Routes that name somebody's project or run in their body or query. */
const NAMING: Record<string, (theirs: Theirs) => { body?: object; query?: string }> = {
  'GET /api/v1/runs/evidence': ({ run }) => ({ query: `?ids=${run},0123456789abcdef01234567` }),
  'POST /api/v1/projects': ({ project }) => ({ body: { projectId: project } }),
  'POST /api/v1/runs': ({ project }) => ({ body: { projectId: project, file: 'train.py' } }),
  'POST /api/v1/sweeps': ({ project }) => ({ body: { ...SWEEP, projectId: project } }),
};
/** What routes with an id of their own take besides. */
const BODIES: Record<string, object> = {
  'PATCH /api/v1/projects/:id': { name: 'stolen' },
  'PUT /api/v1/projects/:id/metrics': { hidden: ['loss'], renamed: {}, axis: {}, direction: {}, patterns: [] },
  'POST /api/v1/projects/:id/metrics/preview': { runId: '0123456789abcdef01234567', pattern: { text: 'loss {loss}' } },
  'POST /api/v1/projects/:id/move': { from: 'train.py', to: 'stolen.py' },
  'PATCH /api/v1/runs/:id': { note: 'stolen' },
  'POST /api/v1/runs/:id/leftovers/keep': { paths: ['stolen.pt'] },
  'POST /api/v1/runs/:id/leftovers/remove': { paths: ['stolen.pt'] },
  'PATCH /api/v1/sweeps/:id': { note: 'stolen' },
  'POST /api/v1/sweeps/:id/extend': { values: [3] },
};
/** Which of somebody's things the `:id` of a route names. */
const NOUNS: Record<string, keyof Theirs> = { projects: 'project', runs: 'run', sweeps: 'sweep', tokens: 'token' };
interface Theirs {
  project: string;
  run: string;
  sweep: string;
  token: string;
}
const UNKNOWN_ID = '0123456789abcdef01234567';

let parts: Parts;
let api: ApiUnderTest;
let ada: Client;
let bob: Client;
let routes: Route[];
let theirs: Theirs;
beforeAll(async () => {
  parts = await startParts();
  api = await startApi(parts);
  ada = await api.signUp('ada');
  bob = await api.signUp('bob');
  routes = api.app.get(RouteRegistry, { strict: false }).routes();
  const { body: project } = await ada.post<{ id: string }>('/api/v1/projects', { name: 'private' });
  await ada.put(`/api/v1/projects/${project.id}/files/train.py`, 'rate = 1\nprint("private")');
  const { body: token } = await ada.post<{ id: string }>('/api/v1/tokens', { name: 'private' });
  const target = { machineId: await machineId() };
  const { body: run, status } = await ada.post<{ id: string }>('/api/v1/runs', {
    projectId: project.id,
    file: 'train.py',
    target,
  });
  expect(status).toBe(201);
  const { body: sweep } = await ada.post<{ id: string }>('/api/v1/sweeps', {
    ...SWEEP,
    projectId: project.id,
    target,
  });
  // An artifact of the name that the addresses below have.
  const { sha256, size } = await api.app.get(BlobsService, { strict: false }).putBytes(Buffer.from('private'));
  await api.app
    .get(ArtifactsRepository, { strict: false })
    .store({ runId: run.id, attempt: 1 }, ada.userId, [
      { path: 'train.py', sha256, size, modifiedAt: 0, origin: 'output' },
    ]);
  theirs = { project: project.id, token: token.id, run: run.id, sweep: sweep.id };
});
afterAll(async () => {
  await api?.close();
  await parts?.stop();
});

/** A machine that is known and away: the run waits for it. */
const machineId = () =>
  api.app
    .get(MachinesRepository, { strict: false })
    .create({ name: 'away', provider: 'joined', credentialHash: 'f'.repeat(64) });
const nameOf = ({ method, path }: Route) => `${method} ${path}`;
/** What a route asks for in its address. */
const QUERIES: Record<string, string> = { 'GET /api/v1/projects/:id/knobs': '?file=train.py' };
const addressOf = (route: Route, id: string) =>
  route.path.replace(':id', id).replace('*path', 'train.py') + (QUERIES[nameOf(route)] ?? '');
const theirId = ({ path }: Route) => {
  const key = NOUNS[path.split('/')[3] ?? ''];
  if (key === undefined) throw new Error(`Say in NOUNS what the id of ${path} names, or list the route in SHARED.`);
  return theirs[key];
};
const send = (client: Client, route: Route, address: string, body?: object) =>
  client.request<{ code: string }>(
    route.method,
    address,
    route.method === 'GET' || route.method === 'DELETE' ? undefined : (body ?? BODIES[nameOf(route)]),
  );

describe('the routes', () => {
  it('are all found', () => {
    expect(routes.length).toBeGreaterThan(35);
    expect(new Set(routes.map(nameOf)).size).toBe(routes.length);
    expect(routes.map(nameOf)).toEqual(
      expect.arrayContaining(['PUT /api/v1/projects/:id/files/*path', 'GET /api/v1/runs/:id/output', 'GET /healthz']),
    );
  });

  it('are closed without a login, but for those that are meant to be open', async () => {
    expect(
      routes
        .filter(({ isPublic }) => isPublic)
        .map(nameOf)
        .sort(),
    ).toEqual([...PUBLIC].sort());
    for (const route of routes.filter(({ isPublic }) => !isPublic)) {
      const { status, body, headers } = await send(api.visitor(), route, addressOf(route, UNKNOWN_ID));
      expect([nameOf(route), status, body.code]).toEqual([nameOf(route), 401, 'auth.required']);
      expect(headers.get('content-type')).toContain('application/problem+json');
    }
  });

  it('for administrators are closed to members', async () => {
    const admin = routes.filter(({ adminOnly }) => adminOnly);
    expect(admin.map(nameOf)).toEqual(
      expect.arrayContaining(['POST /api/v1/users', 'POST /api/v1/machines/join-tokens']),
    );
    for (const route of admin) {
      const { status, body } = await send(bob, route, addressOf(route, UNKNOWN_ID));
      expect([nameOf(route), status, body.code]).toEqual([nameOf(route), 403, 'auth.admin_only']);
    }
  });

  it('know nothing of what belongs to another user', async () => {
    const owned = routes.filter(
      (route) => route.path.includes(':id') && !route.adminOnly && !route.isPublic && !SHARED.includes(nameOf(route)),
    );
    expect(owned.length).toBeGreaterThan(15);
    for (const route of owned) {
      const { status, body } = await send(bob, route, addressOf(route, theirId(route)));
      expect([nameOf(route), status]).toEqual([nameOf(route), 404]);
      expect(body.code).toMatch(/^(project|run|sweep|token)\.not_found$/);
    }
    // The same addresses exist for their owner: otherwise a 404 would say nothing.
    for (const route of owned.filter(({ method }) => method === 'GET')) {
      expect([nameOf(route), (await send(ada, route, addressOf(route, theirId(route)))).status]).toEqual([
        nameOf(route),
        200,
      ]);
    }
    expect((await ada.get(`/api/v1/projects/${theirs.project}/files/train.py`)).bytes.toString()).toBe(
      'rate = 1\nprint("private")',
    );
  });

  it('take no id of another user in a body or a query', async () => {
    for (const [name, naming] of Object.entries(NAMING)) {
      const route = routes.find((candidate) => nameOf(candidate) === name);
      expect([name, route !== undefined]).toEqual([name, true]);
      const { body, query = '' } = naming(theirs);
      if (route) expect([name, (await send(bob, route, route.path + query, body)).status]).toEqual([name, 404]);
    }
    for (const path of [
      '/api/v1/projects',
      '/api/v1/runs',
      '/api/v1/sweeps',
      '/api/v1/tokens',
      `/api/v1/runs?projectId=${theirs.project}`,
      `/api/v1/metrics?runs=${theirs.run}`,
    ]) {
      expect([path, (await bob.get<{ items: unknown[] }>(path)).body.items]).toEqual([path, []]);
    }
    const table = await bob.get(`/api/v1/runs.csv?projectId=${theirs.project}`);
    expect(table.bytes.toString().trim().split('\n')).toHaveLength(1);
    const groups = await bob.get(`/api/v1/runs/groups?projectId=${theirs.project}&by=knobs.rate`);
    expect(groups).toMatchObject({ status: 200, body: { items: [] } });
  });

  it('leave a connection open for longer than a proxy does', async () => {
    const { headers } = await fetch(`${api.url}/healthz`);
    expect(Number(/timeout=(\d+)/.exec(headers.get('keep-alive') ?? '')?.[1])).toBeGreaterThan(60);
  });

  it('that do not exist are a problem too', async () => {
    for (const path of ['/api/v1/nothing', '/api/nothing', '/api', '/api/v2/projects']) {
      expect(await ada.get(path)).toMatchObject({
        status: 404,
        body: { code: 'route.not_found', correlationId: expect.any(String) },
      });
    }
  });
});

describe('the interface description', () => {
  type Json = Record<string, unknown>;
  let document: Json & { paths: Record<string, Record<string, Json>>; components: Record<string, Json> };
  beforeAll(async () => {
    document = (await api.visitor().get<typeof document>('/api/openapi.json')).body;
  });

  it('has every route with a summary, its path parameters and an answer', () => {
    expect(document['openapi']).toBe('3.1.0');
    const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ name: `${method.toUpperCase()} ${path}`, operation })),
    );
    expect(operations.map(({ name }) => name).sort()).toEqual(
      routes.map(({ method, path }) => `${method} ${openPath(path)}`).sort(),
    );
    expect(new Set(operations.map(({ operation }) => operation['operationId'])).size).toBe(operations.length);
    for (const { name, operation } of operations) {
      const parameters = operation['parameters'] as { name: string; in: string; schema: Json }[];
      const inPath = parameters
        .filter((parameter) => parameter.in === 'path')
        .map((parameter) => `{${parameter.name}}`);
      expect([name, inPath.sort()]).toEqual([name, (name.match(/\{\w+\}/g) ?? []).sort()]);
      expect([name, Object.keys(operation['responses'] as Json).some((status) => /^2\d\d$/.test(status))]).toEqual([
        name,
        true,
      ]);
      expect([name, operation['summary']]).not.toEqual([name, name.replaceAll(/\{(\w+)\}/g, ':$1')]);
    }
  });

  it('refers to nothing that is not in it', () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(
      ([, reference = '']) => reference,
    );
    expect(references.length).toBeGreaterThan(50);
    for (const reference of references) {
      const target = reference
        .replace(/^#\//, '')
        .split('/')
        .reduce<unknown>((at, part) => (at as Json | undefined)?.[part], document);
      expect([reference, typeof target]).toEqual([reference, 'object']);
    }
    expect(JSON.stringify(document)).not.toContain('$defs');
  });

  it('tells the shapes that the server checks', () => {
    const project = document.components['schemas']?.['ProjectView'] as Json;
    expect(project['required']).toEqual(['id', 'name', 'ownerId', 'revision', 'settings', 'createdAt', 'updatedAt']);
    const post = document.paths['/api/v1/runs']?.['post'] as {
      requestBody: { content: Record<string, { schema: { $ref: string } }> };
    };
    const name = post.requestBody.content['application/json']?.schema.$ref.split('/').at(-1) ?? '';
    const run = document.components['schemas']?.[name] as { required: string[]; properties: Json };
    expect(run.required).toEqual(['projectId']);
    expect(run.properties['priority']).toEqual({ type: 'integer', minimum: -100, maximum: 100 });
    const list = document.paths['/api/v1/runs']?.['get']?.['parameters'] as {
      name: string;
      required: boolean;
      schema: Json;
    }[];
    expect(list.find((parameter) => parameter.name === 'limit')).toMatchObject({
      required: false,
      schema: { type: 'integer', maximum: 200 },
    });
  });

  it('has a page without scripts', async () => {
    const { bytes, headers } = await api.visitor().get('/api/docs');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(bytes.toString()).toContain('/api/v1/projects/:id/files/*path');
    expect(bytes.toString()).not.toContain('<script');
  });
});

describe('health', () => {
  it('tells that the process serves, and what keeps a run from starting', async () => {
    expect((await api.visitor().get('/healthz')).body).toEqual({ ok: true });
    const { status, body } = await api
      .visitor()
      .get<{ ready: boolean; checks: { name: string; ok: boolean }[] }>('/readyz');
    const checks = Object.fromEntries(body.checks.map(({ name, ok }) => [name, ok]));
    expect(checks).toMatchObject({ database: true, redis: true, machine: false });
    expect({ status, ready: body.ready }).toEqual({ status: 503, ready: false });
  });

  it('answers every request under the id that the caller gave, or a new one', async () => {
    expect(
      (await api.visitor().get('/healthz', { 'x-correlation-id': 'click-0123456789' })).headers.get('x-correlation-id'),
    ).toBe('click-0123456789');
    expect(
      (await api.visitor().get('/healthz', { 'x-correlation-id': 'a "b" {c}' })).headers.get('x-correlation-id'),
    ).toMatch(/^[0-9a-f-]{36}$/);
    const problem = await api
      .visitor()
      .get<{ correlationId: string }>('/api/v1/projects', { 'x-correlation-id': 'click-0123456789' });
    expect(problem.body.correlationId).toBe('click-0123456789');
  });
});
