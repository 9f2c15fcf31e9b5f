import type { Readiness } from '@mle/protocol';
import { type Client, type Parts, startParts } from '@mle/testing';
import { type ApiUnderTest, startApi } from '../api.js';

let parts: Parts;
let api: ApiUnderTest;
let ada: Client;
beforeAll(async () => {
  parts = await startParts();
  api = await startApi(parts);
  ada = await api.signUp('ada');
});
afterAll(async () => {
  await api?.close();
  await parts?.stop();
});

async function until<T>(what: () => Promise<T>, wanted: (value: T) => boolean): Promise<T> {
  for (;;) {
    const value = await what();
    if (wanted(value)) return value;
  }
}
const ready = async () =>
  Object.fromEntries((await api.visitor().get<Readiness>('/readyz')).body.checks.map(({ name, ok }) => [name, ok]));

it('without the store requests are refused in a sentence, nothing that was answered is lost, and it comes back by itself', async () => {
  const { body: project } = await ada.post<{ id: string }>('/api/v1/projects', { name: 'kept' });
  const file = `/api/v1/projects/${project.id}/files/a.py`;
  await ada.put(file, 'before');
  await parts.store.kill();
  const refused = await ada.put<{ code: string; detail: string }>(file, 'during');
  expect(refused).toMatchObject({ status: 503, body: { code: 'database.unavailable' } });
  expect(refused.headers.get('retry-after')).not.toBeNull();
  expect((await api.visitor().get('/healthz')).status).toBe(200);
  expect(await ready()).toMatchObject({ database: false, redis: true });
  await parts.store.start();
  const { bytes } = await until(
    () => ada.get(file),
    ({ status }) => status !== 503,
  );
  expect(bytes.toString()).toBe('before');
  expect((await ada.put(file, 'after')).status).toBe(200);
  expect(await ready()).toMatchObject({ database: true });
});

it('requests of many people during an outage end in an answer or in that refusal, never in anything else', async () => {
  await parts.store.kill();
  const people = Array.from({ length: 8 }, async () => {
    const refusals: unknown[] = [];
    for (;;) {
      const { status, body } = await ada.get<{ code: string; items: unknown[] }>('/api/v1/projects');
      if (status === 200) return { refusals, items: body.items.length };
      refusals.push([status, body.code]);
    }
  });
  await parts.store.start();
  for (const { refusals, items } of await Promise.all(people)) {
    expect(items).toBe(1);
    expect(refusals).toEqual(refusals.map(() => [503, 'database.unavailable']));
  }
});

it('without Redis the rest works, and the readiness says what is missing @full', async () => {
  await parts.redis.kill();
  await until(ready, ({ redis }) => redis === false);
  expect((await ada.post('/api/v1/projects', { name: 'without redis' })).status).toBe(201);
  await parts.redis.start();
  await until(ready, ({ redis }) => redis === true);
});
