import type { InstanceList } from '@mle/protocol';
import { type Client, type Parts, startParts } from '@mle/testing';
import { InstancesRepository, type NewInstance } from '../../src/cloud/instances/instances.repository.js';
import { type ApiUnderTest, startApi } from '../api.js';

let parts: Parts;
let api: ApiUnderTest;
let other: ApiUnderTest;
let ada: Client;

beforeAll(async () => {
  parts = await startParts();
  [api, other] = await Promise.all([startApi(parts), startApi(parts)]);
  ada = await api.signUp('ada');
});
afterAll(async () => {
  await Promise.all([api?.close(), other?.close()]);
  await parts?.stop();
});

const instance = (requestKey?: string): NewInstance => ({
  provider: 'local',
  name: 'local',
  type: 'local-1',
  cpus: null,
  wanted: 'running',
  state: 'requested',
  ...(requestKey !== undefined && { requestKey }),
  poolIds: [],
  phases: [],
  requestedAt: new Date(),
  startedAt: new Date(),
  endsAt: new Date(Date.now() + 3_600_000),
  idleMinutes: null,
  reason: null,
  problem: null,
});
const repositories = (): InstancesRepository[] =>
  [api, other].map(({ app }) => app.get(InstancesRepository, { strict: false }));

it('takes no more places than there are, through two servers at once, and gives back those of the ended', async () => {
  const asked = repositories().flatMap((repository) =>
    Array.from({ length: 10 }, () => repository.insert(instance(), 4)),
  );
  const launched = (await Promise.all(asked)).filter((each) => each !== null);
  expect(launched).toHaveLength(4);
  const [repository] = repositories() as [InstancesRepository];
  expect(await repository.living()).toEqual([]);
  await repository.release(launched.map((each) => each.id));
  expect(await repository.living()).toHaveLength(4);
  await repository.change(launched[0]?.id ?? '', { endedAt: new Date(), state: 'terminated' });
  const held = await repository.insert(instance(), 4);
  expect(held).not.toBeNull();
  expect(await repository.insert(instance(), 4)).toBeNull();
  // What a launch left that never went on gives its place back, and only that.
  await repository.giveBack({ before: new Date(Date.now() + 1_000) });
  expect([await repository.get(held?.id ?? ''), (await repository.living()).length]).toEqual([null, 3]);
  for (const { id } of await repository.living()) await repository.change(id, { endedAt: new Date() });
});

it('launches once for one key, through two servers at once', async () => {
  const both = await Promise.all(repositories().map((repository) => repository.insert(instance('key/0'), 4)));
  expect(both[0]?.id).toBe(both[1]?.id);
});

it('offers no provider where no launcher starts workers for the server, and says what to do', async () => {
  expect((await ada.get<InstanceList>('/api/v1/instances')).body.providers).toEqual([]);
  expect((await ada.get('/api/v1/instances/types?provider=local')).body).toEqual({ items: [] });
  expect(await ada.post('/api/v1/instances', { provider: 'local' })).toMatchObject({
    status: 409,
    body: { code: 'instance.no_provider', detail: expect.stringContaining('npm start') },
  });
});

it('checks what it is given', async () => {
  for (const body of [
    { provider: 'moon' },
    { provider: 'local', count: 0 },
    { provider: 'local', lifetimeHours: 1_000 },
    { provider: 'local', idleMinutes: 1 },
  ])
    expect([body, (await ada.post('/api/v1/instances', body)).status]).toEqual([body, 400]);
  expect((await ada.put('/api/v1/settings/budget', { instances: 7 })).status).toBe(200);
  expect((await other.visitor().get('/api/v1/settings/budget')).status).toBe(401);
  expect((await ada.get('/api/v1/settings/budget')).body).toEqual({ instances: 7 });
});
