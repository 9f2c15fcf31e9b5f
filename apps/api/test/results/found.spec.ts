import { createHash } from 'node:crypto';
import type { ProjectView, RunView } from '@mle/protocol';
import { type Client, type Parts, startParts, until } from '@mle/testing';
import { OutputIngest } from '../../src/results/output/output-ingest.service.js';
import { type ApiUnderTest, startApi } from '../api.js';
import { FakeWorker } from '../fake-worker.js';

describe('what was found in the output of a run', () => {
  let parts: Parts;
  let api: ApiUnderTest;
  let ada: Client;
  let worker: FakeWorker;
  let projectId: string;

  beforeAll(async () => {
    parts = await startParts();
    api = await startApi(parts);
    ada = await api.signUp('ada');
    worker = await FakeWorker.join(api, parts, 'found');
    projectId = (await ada.post<ProjectView>('projects', { name: 'p' })).body.id;
    await ada.put(`projects/${projectId}/files/train.py`, 'print(1)\n');
  });
  afterAll(async () => {
    await worker?.close();
    await api?.close();
    await parts?.stop();
  });

  const get = async (id: string): Promise<RunView> => (await ada.get<RunView>(`runs/${id}`)).body;

  /** A run that printed the lines and has ended. */
  async function ran(...lines: string[]): Promise<RunView> {
    const { body: run } = await ada.post<RunView>('runs', {
      projectId,
      file: 'train.py',
      target: { machineId: worker.machineId },
    });
    const ref = { runId: run.id, attempt: 1 };
    const data = Buffer.from(lines.map((line) => `${line}\n`).join(''));
    await worker.specOf(ref);
    await worker.running(ref);
    await api.app
      .get(OutputIngest, { strict: false })
      .accept({ ...ref, from: 0, segments: [[data.length, 0, 1_000]] }, data, {
        machineId: worker.machineId,
        mayWrite: async () => true,
      });
    await worker.finish(ref, {
      outputBytes: data.length,
      outputSha256: createHash('sha256').update(data).digest('hex'),
    });
    return until('the run has ended', async () => {
      const now = await get(run.id);
      return now.state === 'succeeded' ? now : null;
    });
  }

  it('has values about the whole run, decided at its end', async () => {
    const run = await ran('Epoch 1/2 loss: 0.5', 'Epoch 2/2 loss: 0.25', 'Test accuracy: 0.912', 'Final loss: nan');
    expect(run.finals).toEqual({ 'Test accuracy': 0.912, 'Final loss': null });
    expect(run.metrics).toEqual({ loss: { last: 0.25, min: 0.25, max: 0.5, step: 2 } });
  });
});
