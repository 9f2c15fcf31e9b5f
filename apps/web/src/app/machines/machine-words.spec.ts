import type { MachineView } from '@mle/protocol';
import { absence, factsOf, gpuOf, removalText, stateOf } from './machine-words';

const inventory = {
  hostname: 'h',
  platform: 'linux',
  arch: 'x64',
  cpuModel: 'c',
  cpus: 8,
  memoryBytes: 32 * 2 ** 30,
  diskFreeBytes: null,
  gpus: [],
  node: '22',
  python: null,
  docker: null,
  isolated: true,
};
const machine = (change: Partial<MachineView> = {}): MachineView =>
  ({
    id: 'm',
    name: 'lab',
    state: 'online',
    running: [],
    labels: [],
    poolIds: [],
    provider: 'joined',
    connection: 'dialled-in',
    connectionError: null,
    takesMembers: true,
    url: null,
    inventory,
    properties: {},
    ...change,
  }) as MachineView;

it('tells busy from free only while the machine is there', () => {
  const words = [
    machine(),
    machine({ running: ['r'] }),
    machine({ state: 'offline', running: ['r'] }),
    machine({ state: 'draining', running: ['r'] }),
  ].map((each) => stateOf(each).word);
  expect([...words, stateOf(machine(), 1).word]).toEqual(['free', 'busy', 'offline', 'draining', 'busy']);
});

it('names one GPU with its memory, several with their count', () => {
  const gpu = { name: 'RTX 4090', memoryBytes: 24 * 2 ** 30 };
  expect([[], [gpu], [gpu, gpu]].map((gpus) => gpuOf(machine({ inventory: { ...inventory, gpus } })))).toEqual([
    null,
    'RTX 4090, 24 GB',
    '2 × RTX 4090',
  ]);
});

it('shows what the worker was configured with, as it is', () => {
  const values = Object.fromEntries(
    factsOf(machine({ connection: 'dialled-out', url: 'https://h:7443', properties: { room: 'B1', rack: [2] } })).map(
      ({ name, value }) => [name, value],
    ),
  );
  expect(values).toMatchObject({
    Connection: 'this server dials it at https://h:7443',
    Memory: '32 GB',
    Python: 'not found',
    room: 'B1',
    rack: '[2]',
  });
});

it('says what is lost with a machine and what becomes of its runs', () => {
  const text = removalText(machine({ labels: ['cuda'], poolIds: ['p'], running: ['r', 's'] }));
  expect(text).toContain('Its name, its labels, its place in 1 pool and its settings are lost');
  expect(text).toContain('2 runs are on it');
  expect(removalText(machine({ connection: 'dialled-out' }))).toContain('no longer dials it');
});

it('says what to do about a machine that is not there, and nothing of one that is', () => {
  expect(absence(machine())).toBeNull();
  expect(absence(machine({ state: 'offline', running: ['r'] }))).toMatch(/runs its worker.*taken up again/);
  expect(
    absence(
      machine({ state: 'offline', connection: 'dialled-out', connectionError: 'Nobody listens at https://h:7443.' }),
    ),
  ).toMatch(/^Nobody listens.*goes on trying/);
});
