import { startApi, type ApiUnderTest } from './api.js';
import { startParts, type Parts } from './parts.js';

let parts: Parts;
let api: ApiUnderTest;
beforeAll(async () => {
  parts = await startParts();
  api = await startApi(parts);
});
afterAll(async () => {
  await api?.close();
  await parts?.stop();
});

it('stores and gives back a file', async () => {
  const ada = await api.signUp('ada');
  const project = await ada.post<{ id: string }>('/api/v1/projects', { name: 'first' });
  expect(project.body).toMatchObject({ name: 'first' });
  const put = await ada.put(`/api/v1/projects/${project.body.id}/files/a/run.py`, 'print(1)\n');
  expect(put.body).toMatchObject({ path: 'a/run.py' });
  expect((await ada.get(`/api/v1/projects/${project.body.id}/files/a/run.py`)).bytes.toString()).toBe('print(1)\n');
});
