import type { MachineView, RunView } from '@mle/protocol';
import { type Client, type Parts, startParts } from '@mle/testing';
import { MachinesRepository } from '../../src/machines/machines.repository.js';
import { type ApiUnderTest, startApi } from '../api.js';
import { INVENTORY } from '../fake-worker.js';

let parts: Parts;
let api: ApiUnderTest;
let ada: Client;
let bob: Client;
let machineId: string;
beforeAll(async () => {
  parts = await startParts();
  api = await startApi(parts);
  ada = await api.signUp('ada');
  bob = await api.signUp('bob');
  const machines = api.app.get(MachinesRepository, { strict: false });
  machineId = await machines.joinLocal('f'.repeat(64), 'this computer');
  await machines.setInventory(machineId, { ...INVENTORY, isolated: false });
});
afterAll(async () => {
  await api?.close();
  await parts?.stop();
});

async function start(client: Client, target?: { machineId: string }) {
  const { id: projectId } = await client.createProject(`p${Math.random()}`);
  await client.putFile(projectId, 'a.py', 'print(1)\n');
  return client.post<RunView & { code: string; detail: string }>('runs', { projectId, file: 'a.py', target });
}

describe('a server that was not started as root', () => {
  it('runs nothing of members on its own computer, and says why', async () => {
    for (const target of [{ machineId }, undefined]) {
      const refused = await start(bob, target);
      expect(refused).toMatchObject({ status: 403, body: { code: 'machine.not_for_members' } });
      expect(refused.body.detail).toContain('this computer takes no runs of members');
      expect((await start(ada, target)).status).toBe(201);
    }
  });

  it('does when an administrator decides it, and no member can', async () => {
    expect((await bob.patch(`machines/${machineId}`, { takesMembers: true })).status).toBe(403);
    const { takesMembers } = await ada.json<MachineView>('PATCH', `machines/${machineId}`, { takesMembers: true });
    expect(takesMembers).toBe(true);
    expect((await start(bob, { machineId })).status).toBe(201);
    await ada.good('PATCH', `machines/${machineId}`, { takesMembers: false });
    expect((await start(bob)).status).toBe(403);
  });
});

it('a server that was started as root runs what members start', async () => {
  const machines = api.app.get(MachinesRepository, { strict: false });
  await machines.setInventory(machineId, { ...INVENTORY, isolated: true });
  await ada.good('PATCH', `machines/${machineId}`, { takesMembers: true });
  expect((await start(bob)).status).toBe(201);
});
