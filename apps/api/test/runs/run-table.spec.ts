import type { Page, ProjectView, RunGroups, RunView } from '@mle/protocol';
import { type Client, type Parts, startParts } from '@mle/testing';
import { getConnectionToken } from '@nestjs/mongoose';
import { type Connection, Types } from 'mongoose';
import { MachinesRepository } from '../../src/machines/machines.repository.js';
import { type ApiUnderTest, startApi } from '../api.js';

let parts: Parts;
let api: ApiUnderTest;
let ada: Client;
let projectId: string;

const RUNS = [
  { number: 2, rate: 0.5, loss: [0.3, 0.2], seconds: 4 },
  { number: 3, rate: 0.05, loss: [0.9, 0.1], seconds: 2 },
  { number: 4, rate: 5, loss: null, seconds: 9 },
  { number: 5, rate: 0.5, loss: [0.2, 0.2], seconds: 1, note: '=1+1' },
] as const;

beforeAll(async () => {
  parts = await startParts();
  api = await startApi(parts);
  ada = await api.signUp('ada');
  projectId = (await ada.post<ProjectView>('projects', { name: 'p' })).body.id;
  await ada.put(`projects/${projectId}/files/train.py`, 'rate = 0.5\n');
  const machineId = await api.app
    .get(MachinesRepository, { strict: false })
    .create({ name: 'away', provider: 'joined', credentialHash: '0'.repeat(64) });
  const request = { projectId, file: 'train.py', params: { batch: 32 }, target: { machineId } };
  const { status, body } = await ada.post<RunView>('runs', request);
  expect(status).toBe(201);
  const runs = api.app.get<Connection>(getConnectionToken(), { strict: false }).collection('runs');
  const first = await runs.findOne({ _id: new Types.ObjectId(body.id) });
  const began = new Date('2026-01-01T00:00:00Z');
  for (const { number, rate, loss, seconds, ...more } of RUNS)
    await runs.insertOne({
      ...first,
      ...more,
      _id: new Types.ObjectId(),
      number,
      state: 'succeeded',
      seed: number,
      knobs: { rate },
      attempts: [
        {
          n: 1,
          state: 'succeeded',
          history: [],
          createdAt: began,
          startedAt: began,
          finishedAt: new Date(+began + 1000 * seconds),
        },
      ],
      metrics: loss === null ? [] : [{ name: 'val.loss', last: loss[0], min: loss[1], max: 1, step: 3 }],
      finals: [],
    });
  await runs.updateOne({ _id: new Types.ObjectId(body.id) }, { $set: { state: 'stopped', knobs: {} } });
});
afterAll(async () => {
  await api?.close();
  await parts?.stop();
});

const list = async (query: string): Promise<Page<RunView>> =>
  (await ada.get<Page<RunView>>(`runs?projectId=${projectId}${query}`)).body;
const numbers = async (query: string): Promise<number[]> => (await list(query)).items.map(({ number }) => number);

it.each([
  ['', [5, 4, 3, 2, 1]],
  ['&sort=createdAt', [1, 2, 3, 4, 5]],
  ['&sort=knobs.rate', [3, 5, 2, 4, 1]],
  ['&sort=-knobs.rate', [4, 5, 2, 3, 1]],
  ['&sort=-params.batch', [5, 4, 3, 2, 1]],
  ['&sort=durationMs', [5, 3, 2, 4, 1]],
  ['&sort=metrics.val.loss.last', [5, 2, 3, 4, 1]],
  ['&sort=metrics.val.loss.best', [3, 5, 2, 4, 1]],
  ['&knob.rate=5e-1', [5, 2]],
  ['&knob.rate=.5&sort=durationMs&state=succeeded', [5, 2]],
  ['&knob.rate=0.5&knob.batch=32', [5, 2]],
  ['&knob.__proto__=x', []],
  ['&file=train.py&text=1%2B1', [5]],
  ['&file=other.py', []],
])('%s lists %j', async (query, expected) => expect(await numbers(query)).toEqual(expected));

it.each(['-createdAt', 'createdAt', 'knobs.rate', '-metrics.val.loss.best', 'durationMs'])(
  'cursors lead through all runs once, by %s',
  async (sort) => {
    const seen: number[] = [];
    let cursor = '';
    do {
      const page = await list(`&sort=${sort}&limit=2${cursor}`);
      seen.push(...page.items.map(({ number }) => number));
      cursor = page.nextCursor === null ? '' : `&cursor=${page.nextCursor}`;
    } while (cursor !== '');
    expect(seen).toEqual(await numbers(`&sort=${sort}`));
  },
);

describe('folded', () => {
  const [one, two] = ['a'.repeat(24), 'b'.repeat(24)];
  let folding: string;

  beforeAll(async () => {
    folding = (await ada.post<ProjectView>('projects', { name: 'folding' })).body.id;
    const runs = api.app.get<Connection>(getConnectionToken(), { strict: false }).collection('runs');
    const like = await runs.findOne({ projectId, number: 2 });
    // In the order in which they were made: two sweeps in between each other, and the dial of two files.
    const made = [
      { number: 1, rate: 7 },
      { number: 2, rate: 1, sweepId: one, seed: 0 },
      { number: 3, rate: 9, sweepId: two, seed: 0 },
      { number: 4, rate: 5, role: 'dial' },
      { number: 5, rate: 2, sweepId: one, seed: 1 },
      { number: 6, rate: 6 },
      { number: 7, rate: 3, role: 'dial' },
      { number: 8, rate: 8, role: 'dial', file: 'other.py' },
      { number: 9, rate: 4, sweepId: one, seed: 2 },
    ];
    for (const { rate, sweepId, ...more } of made) {
      const trial = sweepId !== undefined && { role: 'trial', trial: { sweepId, setting: 0, round: 0 } };
      const own = { _id: new Types.ObjectId(), projectId: folding, knobs: { rate } };
      await runs.insertOne({ ...like, ...more, ...trial, ...own });
    }
  });

  it.each([
    ['-createdAt', [9, 8, 7, 6, 3, 1]],
    ['createdAt', [1, 2, 3, 4, 6, 8]],
    ['knobs.rate', [2, 7, 6, 1, 8, 3]],
    ['-knobs.rate', [3, 8, 1, 6, 4, 9]],
  ])('a sweep and the dial of a file have one row, by %s, on whatever pages', async (sort, expected) => {
    for (const limit of [1, 2, 50]) {
      const seen: number[] = [];
      let cursor = '';
      do {
        const { body } = await ada.get<Page<RunView>>(
          `runs?projectId=${folding}&folded=true&sort=${sort}&limit=${limit}${cursor}`,
        );
        expect(body.items.length).toBeLessThanOrEqual(limit);
        seen.push(...body.items.map(({ number }) => number));
        cursor = body.nextCursor === null ? '' : `&cursor=${body.nextCursor}`;
      } while (cursor !== '');
      expect(seen).toEqual(expected);
    }
  });

  it('a row stands where the first of its runs in the filter stands', async () => {
    const { body } = await ada.get<Page<RunView>>(`runs?projectId=${folding}&folded=true&knob.rate=2`);
    expect(body.items.map(({ number }) => number)).toEqual([5]);
  });
});

it('says what it cannot sort by', async () => {
  expect(await ada.get(`runs?projectId=${projectId}&sort=rate`)).toMatchObject({ status: 400 });
  const { status, body } = await ada.get<{ detail: string }>(`runs?projectId=${projectId}&sort=metrics.width.best`);
  expect([status, body.detail]).toEqual([
    400,
    expect.stringContaining('Nothing says whether less or more of width is better'),
  ]);
  const bob = await api.signUp('bob');
  expect((await bob.get<Page<RunView>>(`runs?projectId=${projectId}&sort=knobs.rate`)).body.items).toEqual([]);
});

it('gives the same runs in the same order as CSV, with nothing that a spreadsheet would execute', async () => {
  const answer = await ada.fetch(`runs.csv?projectId=${projectId}&sort=-knobs.rate&state=succeeded`);
  expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8');
  const [head = '', ...rows] = (await answer.text())
    .trimEnd()
    .split('\n')
    .map((line) => line.split(','));
  expect(head.slice(-5)).toEqual([
    'knobs.batch',
    'knobs.rate',
    'metrics.val.loss.last',
    'metrics.val.loss.min',
    'metrics.val.loss.max',
  ]);
  expect(rows.map((row) => row[1])).toEqual(['4', '5', '2', '3']);
  expect(rows[1]).toContain("'=1+1");
  expect(rows[3]?.slice(-4)).toEqual(['0.05', '0.9', '0.1', '1']);
});

it('groups by a knob', async () => {
  const { body } = await ada.get<RunGroups>(`runs/groups?projectId=${projectId}&by=knobs.rate`);
  expect(body.items.map(({ value, runs, seeds }) => [value, runs, seeds])).toEqual([
    [0.05, 1, 1],
    [0.5, 2, 2],
    [5, 1, 1],
    [null, 1, 0],
  ]);
  expect(body.items[1]?.metrics['val.loss']?.last).toEqual({ n: 2, mean: 0.25, lowest: 0.2, highest: 0.3 });
});
