import { createHash } from 'node:crypto';
import {
  type FoundList,
  type MetricList,
  type MetricPreview,
  type MetricSettings,
  NO_METRIC_RULES,
  OUTPUT_STREAMS,
  type OutputStream,
  type ProjectView,
  type RunView,
} from '@mle/protocol';
import { type Client, type Parts, startParts, until } from '@mle/testing';
import { getConnectionToken } from '@nestjs/mongoose';
import type { Connection } from 'mongoose';
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
  const ran = (...lines: string[]): Promise<RunView> => ranWith(lines.map((line) => [line, 'stdout']));

  /** A run whose lines came by different streams. */
  async function ranWith(lines: [string, OutputStream][]): Promise<RunView> {
    const { body: run } = await ada.post<RunView>('runs', {
      projectId,
      file: 'train.py',
      target: { machineId: worker.machineId },
    });
    const ref = { runId: run.id, attempt: 1 };
    const data = Buffer.from(lines.map(([line]) => `${line}\n`).join(''));
    const segments = lines.map(([line, stream], i): [number, number, number] => [
      Buffer.byteLength(line) + 1,
      OUTPUT_STREAMS.indexOf(stream),
      1_000 + 10 * i,
    ]);
    await worker.specOf(ref);
    await worker.running(ref);
    await api.app.get(OutputIngest, { strict: false }).accept({ ...ref, from: 0, segments }, data, {
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
    // Its last lines may be read a moment after its end.
    const read = await until('its numbers are read', async () => {
      const now = await get(run.id);
      return Object.keys(now.finals).length > 0 ? now : null;
    });
    expect(read.finals).toEqual({ 'Test accuracy': 0.912, 'Final loss': null });
    expect(read.metrics).toEqual({ loss: { last: 0.25, min: 0.25, max: 0.5, step: 2 } });
  });

  const settings = () => `projects/${projectId}/metrics`;
  /** Waits until all runs are read by the rules of now. */
  const allRead = () =>
    until('all runs are read again', async () => {
      const { body } = await ada.get<MetricSettings>(settings());
      return body.rereading === null || null;
    });

  it('names each line, and is changed by the project, in earlier runs too', async () => {
    const lines = [
      'epoch 1 loss=0.5',
      '  best so far: 0.5 at epoch 1',
      'epoch 2 loss=0.25',
      '  best so far: 0.25 at epoch 2',
    ];
    const run = await ran(...lines);
    await allRead();
    const before = await ada.get<FoundList>(`runs/${run.id}/metrics/found`);
    expect(before.body).toMatchObject({
      more: 0,
      items: [
        {
          name: 'loss',
          shown: 'loss',
          kind: 'series',
          last: 0.25,
          line: 3,
          text: 'epoch 2 loss=0.25',
          from: 13,
          to: 17,
        },
      ],
    });

    const pattern = { text: 'best so far: {best} at epoch {x}' };
    const preview = await ada.post<MetricPreview>(`${settings()}/preview`, { runId: run.id, pattern });
    expect(preview.body).toMatchObject({ problem: null, lines: 4, read: 2 });
    expect(
      preview.body.items.map(({ line, x, values, text, marks: [mark] }) => [
        line,
        x,
        values,
        text.slice(mark?.from, mark?.to),
      ]),
    ).toEqual([
      [2, 1, { best: 0.5 }, '0.5'],
      [4, 2, { best: 0.25 }, '0.25'],
    ]);
    const faulty = { runId: run.id, pattern: { text: 'best' } };
    expect((await ada.post<MetricPreview>(`${settings()}/preview`, faulty)).body.problem).toContain('Write {name}');

    const rules = { ...NO_METRIC_RULES, renamed: { loss: 'train/loss' }, patterns: [pattern] };
    expect((await ada.put<MetricSettings>(settings(), rules)).body).toMatchObject(rules);
    await allRead();
    expect(Object.keys((await get(run.id)).metrics)).toEqual(['train/loss', 'best']);
    const later = await ran(...lines);
    await allRead();
    expect((await get(later.id)).metrics['best']).toEqual({ last: 0.25, min: 0.25, max: 0.5, step: 2 });
  });

  it('has curves of event files, whose points are not among what is read as output', async () => {
    const run = await ranWith([
      ['begin', 'stdout'],
      ['{"file":"runs/tfevents.1","to":80}', 'tensorboard'],
      ['["Loss/train",0,0.5,2000]', 'tensorboard'],
      ['["Loss/train",1,0.25,3000]', 'tensorboard'],
      ['step 1 accuracy 0.5', 'stdout'],
      ['step 2 accuracy 0.75', 'stdout'],
    ]);
    const path = `runs/${run.id}`;
    const { items } = await until('both are read', async () => {
      const { body } = await ada.get<FoundList>(`${path}/metrics/found`);
      return body.items.length === 2 ? body : null;
    });
    expect(items.map(({ name, line, text }) => [name, line, text])).toEqual([
      ['Loss/train', null, 'TensorBoard, step 1: Loss/train = 0.25'],
      ['accuracy', 3, 'step 2 accuracy 0.75'],
    ]);
    const { body } = await ada.get<MetricList>(`${path}/metrics?names=Loss/train`);
    expect(body.series).toEqual([
      { name: 'Loss/train', axis: 'step', count: 2, x: [0, 1], y: [0.5, 0.25], time: [2_000, 3_000] },
    ]);
    const read = async (query: string): Promise<string> => (await ada.get(`${path}/output${query}`)).bytes.toString();
    expect(await read('')).toBe('begin\nstep 1 accuracy 0.5\nstep 2 accuracy 0.75\n');
    expect(await read('?stream=tensorboard')).toContain('["Loss/train",1,0.25,3000]\n');
    expect((await read('?stream=all')).length).toBe(run.outputBytes);
  });

  it("is nobody else's", async () => {
    const eve = await api.signUp('eve');
    expect((await eve.get(settings())).status).toBe(404);
    expect((await eve.put(settings(), NO_METRIC_RULES)).status).toBe(404);
  });

  /** As a server of earlier rules left them. */
  async function madeByEarlierRules(): Promise<void> {
    const database = api.app.get<Connection>(getConnectionToken(), { strict: false });
    await database.collection('runs').updateMany({}, { $set: { readBy: '0 ', metrics: [] } });
    await database.collection('metric_chunks').updateMany({}, { $set: { 'state.version': 0 } });
  }

  it('is hidden, and read again when a server of newer rules starts, unless that was cancelled', async () => {
    const run = await ran('step=1 acc=0.5 loss=3', 'step=2 acc=0.75 loss=2');
    await ada.put(settings(), { ...NO_METRIC_RULES, hidden: ['acc'] });
    await allRead();
    const kept = { loss: { last: 2, min: 2, max: 3, step: 2 } };
    expect((await get(run.id)).metrics).toEqual(kept);
    const { body } = await ada.get<FoundList>(`runs/${run.id}/metrics/found`);
    expect(body.items).toMatchObject([
      { name: 'acc', hidden: true, last: 0.75, line: 2 },
      { name: 'loss', hidden: false },
    ]);

    await madeByEarlierRules();
    const cancelled = await ada.delete<MetricSettings>(`${settings()}/rereading`);
    expect(cancelled.body.rereading).toMatchObject({ done: 0, state: 'cancelled' });
    const replica = await startApi(parts);
    try {
      const resumed = await ada.post<MetricSettings>(`${settings()}/rereading`);
      expect(resumed.body.rereading?.state ?? 'reading').toBe('reading');
      await allRead();
      expect((await get(run.id)).metrics).toEqual(kept);
    } finally {
      await replica.close();
    }

    await madeByEarlierRules();
    const started = await startApi(parts);
    try {
      await allRead();
      expect((await get(run.id)).metrics).toEqual(kept);
    } finally {
      await started.close();
    }
  });
});
