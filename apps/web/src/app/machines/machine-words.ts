import type { MachineView } from '@mle/protocol';
import { bytes, memory, plural } from '../core/format';
import type { StateShape } from '../ui/state-icon';

/** The state with whether runs are on it; the word is that of the shape, or `free`. */
export function stateOf(
  machine: Pick<MachineView, 'state' | 'running'>,
  ownRuns = 0,
): { shape: StateShape; word: string } {
  const busy = machine.state === 'online' && (machine.running.length > 0 || ownRuns > 0);
  if (busy) return { shape: 'busy', word: 'busy' };
  return { shape: machine.state, word: machine.state === 'online' ? 'free' : machine.state };
}

export function hardwareOf({ inventory }: Pick<MachineView, 'inventory'>): string {
  return inventory ? `${inventory.cpus} CPU, ${memory(inventory.memoryBytes)}` : '–';
}

export function gpuOf({ inventory }: Pick<MachineView, 'inventory'>): string | null {
  const [first, ...others] = inventory?.gpus ?? [];
  if (!first) return null;
  return others.length > 0 ? `${others.length + 1} × ${first.name}` : `${first.name}, ${memory(first.memoryBytes)}`;
}

/** What is known of a machine, as pairs of a name and a text. */
export function factsOf(machine: MachineView): { name: string; value: string }[] {
  const { inventory, properties, connection, url } = machine;
  const facts = [
    {
      name: 'Connection',
      value:
        connection === 'dialled-out'
          ? `this server dials it at ${url ?? 'its address'}`
          : 'its worker dials this server',
    },
  ];
  if (inventory) {
    facts.push(
      { name: 'Host', value: inventory.hostname },
      { name: 'System', value: `${inventory.platform} ${inventory.arch}` },
      { name: 'Processor', value: `${inventory.cpus} × ${inventory.cpuModel}` },
      { name: 'Memory', value: memory(inventory.memoryBytes) },
      ...(inventory.diskFreeBytes === null ? [] : [{ name: 'Disk free', value: bytes(inventory.diskFreeBytes) }]),
      {
        name: 'GPU',
        value: inventory.gpus.map((gpu) => `${gpu.name}, ${memory(gpu.memoryBytes)}`).join('; ') || 'none',
      },
      { name: 'Python', value: inventory.python ?? 'not found' },
      { name: 'Node.js', value: inventory.node },
      { name: 'Docker', value: inventory.docker ?? 'not found' },
      { name: 'Runs as', value: inventory.isolated ? 'a user of their own' : 'the user of the worker' },
    );
  }
  for (const [name, value] of Object.entries(properties))
    facts.push({ name, value: typeof value === 'string' ? value : JSON.stringify(value) });
  return facts;
}

/** What is lost with a machine, what is kept, and what becomes of its runs. */
export function removalText(machine: Pick<MachineView, 'connection' | 'poolIds' | 'labels' | 'running'>): string {
  const lost = [
    'Its name',
    machine.labels.length > 0 ? 'its labels' : '',
    machine.poolIds.length > 0 ? `its place in ${plural(machine.poolIds.length, 'pool')}` : '',
    'its settings',
  ].filter(Boolean);
  const back =
    machine.connection === 'dialled-out'
      ? 'this server no longer dials it'
      : 'its worker can no longer connect and has to join anew';
  const list = `${lost.slice(0, -1).join(', ')} and ${lost.at(-1) ?? ''}`;
  const on =
    machine.running.length > 0
      ? ` Now ${machine.running.length === 1 ? '1 run is' : `${machine.running.length} runs are`} on it.`
      : '';
  return `${list} are lost, and ${back}. Its finished runs and their output stay. Runs that are on it or wait for it have to be stopped or end first; those that wait in a pool go to the other machines of the pool.${on}`;
}

/** What to do about a machine that is not there. */
export function absence(
  machine: Pick<MachineView, 'state' | 'connection' | 'connectionError' | 'provider' | 'running'>,
): string | null {
  if (machine.connectionError)
    return `${machine.connectionError} This server goes on trying. Look whether the machine is on and its worker runs there; if its address or token changed, connect to it anew.`;
  if (machine.state !== 'offline') return null;
  const runs =
    machine.running.length > 0 ? ' Its runs may go on there, and are taken up again when it is back in time.' : '';
  if (machine.connection === 'dialled-out') return `It does not answer. This server goes on trying.${runs}`;
  if (machine.provider === 'local')
    return `The worker of this computer does not answer. It is started again by itself; if it stays away, start the server anew.${runs}`;
  return `Its worker does not answer. Look whether the machine is on, reaches this server, and runs its worker.${runs}`;
}

/** What it means that members run on a machine. */
export function membersHint({ provider, inventory }: Pick<MachineView, 'provider' | 'inventory'>): string {
  if (inventory?.isolated !== false) return 'Their programs run under user ids of their own.';
  return provider === 'local'
    ? 'Their programs have your rights here: they can read the keys, the passwords’ hashes and all that is stored. Start the server as root, or let them run on another machine.'
    : 'Their programs have the rights of the worker here: they can read what other runs left, and act as this machine.';
}
