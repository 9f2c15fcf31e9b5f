import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { ProjectView, RunView } from '@mle/protocol';
import { type Client, type Parts, startParts } from '@mle/testing';
import { type ApiUnderTest, startApi } from '../api.js';
import { FakeWorker } from '../fake-worker.js';

describe('where the thread that reads numbers cannot start', () => {
  let parts: Parts;
  let api: ApiUnderTest;
  let user: Client;
  let worker: FakeWorker;

  beforeAll(async () => {
    parts = await startParts();
    // As while the files of the server are replaced, or where the system has no room for a thread.
    api = await startApi(parts, { metricsReader: join(import.meta.dirname, 'no-such-reader.mjs') });
    user = await api.signUp('ada');
    worker = await FakeWorker.join(api, parts, 'lab');
  });
  afterAll(async () => {
    await worker?.close();
    await api?.close();
    await parts?.stop();
  });

  it('a run ends all the same', async () => {
    const { id: projectId } = (await user.post<ProjectView>('/api/v1/projects', { name: 'p' })).body;
    await user.put(`/api/v1/projects/${projectId}/files/run.py`, 'print(1)\n');
    const target = { machineId: worker.machineId };
    const { body } = await user.post<RunView>('/api/v1/runs', { projectId, file: 'run.py', target });
    const ref = { runId: body.id, attempt: 1 };
    expect(await worker.claim(ref)).toBe(true);
    await worker.running(ref);
    const bytes = Buffer.from('loss 0.5\n');
    await worker.link.emitWithAck('output', { ...ref, from: 0, segments: [[bytes.length, 0, 1]] }, bytes);
    const outputSha256 = createHash('sha256').update(bytes).digest('hex');
    await worker.finish(ref, { outputBytes: bytes.length, outputSha256 });
    expect((await user.get<RunView>(`/api/v1/runs/${ref.runId}`)).body.state).toBe('succeeded');
  });
});
