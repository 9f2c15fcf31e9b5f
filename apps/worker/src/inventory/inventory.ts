import { execFile } from 'node:child_process';
import { statfs } from 'node:fs/promises';
import { arch, cpus, hostname, platform, totalmem } from 'node:os';
import { promisify } from 'node:util';
import type { Inventory } from '@mle/protocol';

const run = promisify(execFile);
const PROBE_MS = 5_000;

/** What a worker finds on its machine at start; what is absent is null or empty. */
export async function takeInventory(dataDir: string, path: string, isolated: boolean): Promise<Inventory> {
  const [python, docker, gpus, node, disk] = await Promise.all([
    probe('python3', ['--version'], path),
    // Asks the engine: a client alone can run nothing.
    probe('docker', ['version', '--format', '{{.Server.Version}}'], path),
    findGpus(path),
    probe('node', ['--version'], path),
    statfs(dataDir).catch(() => null),
  ]);
  return {
    hostname: hostname(),
    platform: platform(),
    arch: arch(),
    cpuModel: cpus()[0]?.model.trim() ?? 'unknown',
    cpus: cpus().length,
    memoryBytes: totalmem(),
    diskFreeBytes: disk === null ? null : disk.bavail * disk.bsize,
    gpus,
    node: node ?? process.version,
    python: python?.replace(/^Python /, '') ?? null,
    docker,
    isolated,
  };
}

async function findGpus(path: string): Promise<Inventory['gpus']> {
  const text = await probe('nvidia-smi', ['--query-gpu=name,memory.total', '--format=csv,noheader,nounits'], path);
  if (text === null) return [];
  return text.split('\n').flatMap((line) => {
    const [name, mebibytes] = line.split(/,\s*/);
    return name === undefined || mebibytes === undefined ? [] : [{ name, memoryBytes: (Number(mebibytes) || 0) * 1024 * 1024 }];
  });
}

/** The first output of a program, or null where it is absent or fails. */
async function probe(file: string, args: string[], path: string): Promise<string | null> {
  try {
    const { stdout } = await run(file, args, { timeout: PROBE_MS, env: { PATH: path, HOME: '/' }, cwd: '/' });
    return stdout.trim() || null;
  } catch {
    return null;
  }
}
