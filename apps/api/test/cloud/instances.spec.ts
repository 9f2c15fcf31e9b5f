import type { Budget, InstanceList } from '@mle/protocol';
import { type Client, type Parts, startParts } from '@mle/testing';
import { BudgetGate } from '../../src/cloud/budget/budget-gate.service.js';
import { InstancesRepository, type NewInstance } from '../../src/cloud/instances/instances.repository.js';
import { settingsOf } from '../../src/doors/link/link-session.js';
import { MachinesRepository } from '../../src/machines/machines.repository.js';
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
  ownerId: null,
  name: 'local',
  type: 'local-1',
  cpus: null,
  ...{ region: null, image: null, buy: 'on-demand', fallBack: false, way: 'join', diskGb: 0, alternatives: [] },
  price: { compute: 0, address: 0, disk: 0, worst: 0 },
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
const ADMIN = { id: '0'.repeat(24), role: 'admin' } as const;
const repositories = (): InstancesRepository[] =>
  [api, other].map(({ app }) => app.get(InstancesRepository, { strict: false }));

it('lets through no more than the budget allows, through two servers at once', async () => {
  const gates = [api, other].map(({ app }) => app.get(BudgetGate, { strict: false }));
  const asked = gates.flatMap((gate) => Array.from({ length: 5 }, () => gate.launch([instance()], ADMIN)));
  const launched = (await Promise.allSettled(asked)).filter(({ status }) => status === 'fulfilled');
  expect(launched).toHaveLength(4);
  const [repository] = repositories() as [InstancesRepository];
  const living = await repository.living();
  expect(living).toHaveLength(4);
  await expect(gates[0]?.launch([instance()], ADMIN)).rejects.toMatchObject({ code: 'budget.instances' });
  await repository.change(living[0]?.id ?? '', { endedAt: new Date(), state: 'terminated' });
  // All of a launch or none of it.
  await expect(gates[1]?.launch([instance(), instance()], ADMIN)).rejects.toMatchObject({ code: 'budget.instances' });
  expect(await repository.living()).toHaveLength(3);
  // What a launch held that never went on is gone, and only that.
  const held = await repository.hold(instance());
  await repository.giveBack({ before: new Date(Date.now() + 1_000) });
  expect([await repository.get(held?.id ?? ''), (await repository.living()).length]).toEqual([null, 3]);
  for (const { id } of await repository.living()) await repository.change(id, { endedAt: new Date() });
});

it('counts dollars as if each ran to its end, and refuses a longer life that is over', async () => {
  const [gate] = [api].map(({ app }) => app.get(BudgetGate, { strict: false })) as [BudgetGate];
  const price = { compute: 2, address: 0, disk: 0, worst: 2 };
  const [first] = await gate.launch([{ ...instance(), price }], ADMIN);
  if (!first) throw new Error('one was asked for');
  await expect(gate.launch([{ ...instance(), price }], ADMIN)).rejects.toMatchObject({ code: 'budget.hour' });
  await expect(gate.extend(first, new Date(Date.now() + 26 * 3_600_000), ADMIN)).rejects.toMatchObject({
    code: 'budget.month',
  });
  const [repository] = repositories() as [InstancesRepository];
  await repository.change(first.id, { endedAt: new Date() });
});

it('launches once for one key, through two servers at once', async () => {
  const gates = [api, other].map(({ app }) => app.get(BudgetGate, { strict: false }));
  const both = await Promise.all(gates.map((gate) => gate.launch([instance('key/0')], ADMIN)));
  expect(both[0]?.[0]?.id).toBe(both[1]?.[0]?.id);
});

it('offers no provider where no launcher starts workers for the server, and says what to do', async () => {
  expect((await ada.get<InstanceList>('/api/v1/instances')).body.providers).toEqual([]);
  expect((await ada.get('/api/v1/instances/types?provider=local')).body).toMatchObject({ items: [] });
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
  expect((await ada.get('/api/v1/settings/budget')).body).toMatchObject({ instances: 7, dollarsPerHour: 3 });
});

it('a change of the budget leaves what it does not name as it is', async () => {
  const budget = () => ada.json<Budget>('GET', 'settings/budget');
  const before = await budget();
  const changed = { ...before, dollarsPerHour: 2.5, memberDollarsPerMonth: 4 };
  const change = { dollarsPerHour: 2.5, memberDollarsPerMonth: 4 };
  expect((await ada.put('/api/v1/settings/budget', change)).body).toEqual(changed);
  expect((await ada.put('/api/v1/settings/budget', {})).body).toEqual(changed);
  // Two changes at once, of different limits.
  await Promise.all([
    ada.json('PUT', 'settings/budget', { dollarsPerHour: before.dollarsPerHour }),
    ada.json('PUT', 'settings/budget', { memberDollarsPerMonth: before.memberDollarsPerMonth }),
  ]);
  expect(await budget()).toEqual(before);
});

it('a machine hears of the end of its instance where that was changed', async () => {
  const machines = api.app.get(MachinesRepository, { strict: false });
  const [launched] = await api.app.get(BudgetGate, { strict: false }).launch([instance()], ADMIN);
  if (!launched) throw new Error('one was asked for');
  const { id } = launched;
  await machines.joinInstance({ instanceId: id, name: 'local', provider: 'local', poolIds: [] }, 'a'.repeat(64));
  const ofInstance = async () => (await machines.ofInstances([id])).map(settingsOf);
  expect(await ofInstance()).toEqual([{ name: 'local', slots: 1, draining: false }]);
  const endsAt = new Date(Date.now() + 2 * 3_600_000).toISOString();
  await ada.json('PATCH', `instances/${id}`, { endsAt });
  expect(await ofInstance()).toEqual([expect.objectContaining({ endsAt })]);
});

it('lets members launch within their dollars of a month where an administrator allows it, and change their own alone', async () => {
  const [bob, eve] = [await api.signUp('bob'), await api.signUp('eve')];
  const list = async (client: Client) => (await client.get<InstanceList>('/api/v1/instances')).body;
  expect(await list(ada)).toMatchObject({ mayLaunch: true, left: null });
  expect(await list(bob)).toMatchObject({ mayLaunch: false, left: 0 });
  const refused = await bob.post('/api/v1/instances', { provider: 'local' });
  expect(refused).toMatchObject({ status: 403, body: { code: 'instance.admins' } });
  await ada.put('/api/v1/settings/budget', { instances: 7, memberDollarsPerMonth: 5 });

  const gate = api.app.get(BudgetGate, { strict: false });
  const price = { compute: 0.5, address: 0, disk: 0, worst: 0.5 };
  const member = (client: Client) => ({ id: client.userId, role: 'member' }) as const;
  const long = { ...instance(), price, ownerId: bob.userId, endsAt: new Date(Date.now() + 6 * 3_600_000) };
  // Two at once, of which one fits.
  const both = await Promise.allSettled([gate, gate].map((each) => each.launch([long], member(bob))));
  expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  expect((await list(bob)).left).toBeCloseTo(2, 2);
  const [own] = both.flatMap((result) => (result.status === 'fulfilled' ? result.value : []));
  const later = new Date(Date.now() + 12 * 3_600_000).toISOString();
  const path = `/api/v1/instances/${own?.id ?? ''}`;
  expect((await bob.patch(path, { endsAt: later })).body).toMatchObject({ code: 'budget.member' });
  expect((await bob.patch(path, { name: 'of bob' })).body).toMatchObject({ name: 'of bob', ownerId: bob.userId });
  // Another member has a share of her own, and nothing to say about this one.
  expect((await list(eve)).left).toBe(5);
  expect((await eve.delete(path)).body).toMatchObject({ code: 'instance.not_yours' });
  expect((await ada.patch(path, { endsAt: later })).status).toBe(200);
  const [repository] = repositories() as [InstancesRepository];
  await repository.change(own?.id ?? '', { endedAt: new Date() });
});
