import { statfs } from 'node:fs/promises';
import { arch, availableParallelism, cpus, hostname, platform, totalmem } from 'node:os';
import { type Inventory, LIMITS } from '@mle/protocol';
import { type Answer, probe, SLOW } from './probe.js';

/** All programs are asked at the same time, so that the start of a worker waits no longer than this. */
const PROBE_MS = 5_000;
const MEBIBYTE = 1024 * 1024;

interface InventorySource {
  dataDir: string;
  path: string;
  isolated: boolean;
}

type Found = Pick<Inventory, 'python' | 'docker' | 'gpus' | 'node'>;
const NOTHING: Found = { python: null, docker: null, gpus: [], node: process.version };

/**
 * What a worker finds on its machine; what is absent is null or empty. Of a program that does not answer in time, what
 * was known `before` holds.
 */
export async function takeInventory(
  { dataDir, path, isolated }: InventorySource,
  before: Found = NOTHING,
): Promise<Inventory> {
  const ask = (file: string, ...args: string[]): Promise<Answer> => probe(file, args, path, PROBE_MS);
  const [python, docker, gpus, node, disk] = await Promise.all([
    ask('python3', '--version'),
    // Asks the engine: a client alone can run nothing.
    ask('docker', 'version', '--format', '{{.Server.Version}}'),
    ask('nvidia-smi', '--query-gpu=name,memory.total', '--format=csv,noheader,nounits'),
    ask('node', '--version'),
    statfs(dataDir).catch(() => null),
  ]);
  return {
    hostname: word(hostname()),
    platform: platform(),
    arch: arch(),
    cpuModel: word(cpus()[0]?.model.trim() ?? 'unknown'),
    // Those that this process may use: an instance on a computer has only some of them.
    cpus: availableParallelism(),
    memoryBytes: totalmem(),
    diskFreeBytes: disk === null ? null : disk.bavail * disk.bsize,
    gpus: gpus === SLOW ? before.gpus : readGpuList(gpus ?? ''),
    node: node === SLOW ? before.node : word(node ?? process.version),
    python: python === SLOW ? before.python : versionIn(python),
    docker: docker === SLOW ? before.docker : versionIn(docker),
    isolated,
  };
}

/** A program in place of the real one may print anything; the server takes only so much. */
const word = (text: string): string => text.slice(0, LIMITS.wordChars);

/** Lines of `name, MiB`. A driver also says sentences here, and words in brackets for what it cannot tell. */
export function readGpuList(text: string): Inventory['gpus'] {
  const gpus = text.split('\n').flatMap((line) => {
    const [, name, mebibytes] = /^\s*([^[\s].*?),\s*(\d+|\[[^\]]*\])\s*$/.exec(line) ?? [];
    return name === undefined ? [] : [{ name: word(name), memoryBytes: (Number(mebibytes) || 0) * MEBIBYTE }];
  });
  return gpus.slice(0, LIMITS.gpusOfMachine);
}

/** `Python 3.12.1` and `27.3.1` alike. */
function versionIn(text: string | null): string | null {
  const version = /^(?:Python )?(\d+\.\d\S*)/m.exec(text ?? '')?.[1];
  return version === undefined ? null : word(version);
}
