import type { Page, ProjectView, RunView } from '@mle/protocol';
import { type Client, type Parts, startParts, until } from '@mle/testing';
import { getConnectionToken } from '@nestjs/mongoose';
import type { Connection } from 'mongoose';
import { MachinesRepository } from '../../src/machines/machines.repository.js';
import { type ApiUnderTest, startApi } from '../api.js';
import { timesIdle, timesLonger } from './event-loop.js';
import { copyFile, copyRun } from './many.js';

/** Work that is cut into small pieces comes up to a few times the idle loop's own delay; a held loop tens of times. */
const MOST_TIMES_IDLE = 8;
const MOST_TIMES_LONGER = 2;

const SIZES = [
  { size: '', runs: 600, files: 1_000, pairs: 7 },
  { size: ' @full', runs: 10_000, files: 10_000, pairs: 41 },
];

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

const connection = () => api.app.get<Connection>(getConnectionToken(), { strict: false });
const newMachine = (name: string): Promise<string> =>
  api.app.get(MachinesRepository, { strict: false }).create({
    name,
    provider: 'joined',
    credentialHash: Buffer.from(name).toString('hex').padEnd(64, '0'),
  });

async function newProject(): Promise<string> {
  const { id } = (await ada.post<ProjectView>('projects', { name: `p ${Math.random()}` })).body;
  await ada.put(`projects/${id}/files/run.py`, 'print(1)\n');
  return id;
}
async function post(projectId: string, machineId: string, more: object = {}): Promise<RunView> {
  const request = { projectId, file: 'run.py', target: { machineId }, ...more };
  const { status, body } = await ada.post<RunView>('runs', request);
  expect(status).toBe(201);
  return body;
}
async function projectWithRuns(machineId: string, count: number): Promise<string> {
  const id = await newProject();
  await copyRun(connection(), await post(id, machineId), count, () => ({ state: 'succeeded' }));
  return id;
}
const gone = (projectId: string) =>
  until(
    'the runs of the project are gone',
    async () => (await connection().collection('runs').countDocuments({ projectId })) === 0,
    120_000,
  );

describe.each(SIZES)('beside $runs runs and $files files$size', ({ size, runs, files, pairs }) => {
  it('a project is deleted as fast as an empty one, and the loop stays free until all is gone', async () => {
    const machine = await newMachine(`deleted${size}`);
    const many = await Promise.all([0, 1, 2].map(() => projectWithRuns(machine, runs / 10)));
    const few = await Promise.all([0, 1, 2].map(() => newProject()));
    const remove = (ids: string[]) => async () => ada.delete(`projects/${ids.pop() ?? ''}`);
    expect(await timesLonger(remove(few), remove(many), 3)).toBeLessThan(2 * MOST_TIMES_LONGER);
    const held = await timesIdle(async () => {
      const id = await projectWithRuns(machine, runs);
      return async () => {
        await ada.delete(`projects/${id}`);
        await gone(id);
      };
    });
    expect(held).toBeLessThan(MOST_TIMES_IDLE);
  });

  it('a run is started as fast behind all of them as behind none', async () => {
    const [quiet, crowded] = [await newMachine(`quiet${size}`), await newMachine(`crowded${size}`)];
    const id = await newProject();
    // Those that wait for a later time are in line, and have no delivery that would take time of its own.
    const later = { notBefore: new Date(Date.now() + 3_600_000) };
    await copyRun(connection(), await post(id, crowded), 3 * runs, () => later);
    const times = await timesLonger(
      () => post(id, quiet),
      () => post(id, crowded),
      pairs,
    );
    expect(times).toBeLessThan(MOST_TIMES_LONGER);
    expect((await post(id, crowded)).place).toBeNull();
    expect((await post(id, crowded, { priority: 1 })).place).toBe(1);
    const list = () => ada.get<Page<RunView>>(`runs?machineId=${crowded}&limit=100`);
    expect((await list()).body.items.filter(({ place }) => place !== null)).toHaveLength(1);
    expect(await timesIdle(async () => list)).toBeLessThan(MOST_TIMES_IDLE);
  });

  it('the files of a project are listed and zipped without holding the loop', async () => {
    const id = await newProject();
    await copyFile(connection(), id, files);
    const list = async (): Promise<void> => {
      let bytes = 0;
      for await (const piece of (await ada.fetch(`projects/${id}/files`)).body as unknown as AsyncIterable<Uint8Array>)
        bytes += piece.length;
      expect(bytes).toBeGreaterThan(files * 100);
    };
    expect(await timesIdle(async () => list)).toBeLessThan(MOST_TIMES_IDLE);
    const zip = async (): Promise<void> => {
      const bytes = Buffer.from(await (await ada.fetch(`projects/${id}/archive`)).arrayBuffer());
      // How many files it has, where its directory ends.
      expect(bytes.readUInt16LE(bytes.length - 12)).toBe(files + 1);
    };
    expect(await timesIdle(async () => zip)).toBeLessThan(MOST_TIMES_IDLE);
  });
});
