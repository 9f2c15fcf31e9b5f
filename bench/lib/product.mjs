import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { install } from '@mle/testing';

/**
 * Starts the built product as its processes, with data in a temporary folder, and logs in.
 * With BENCH_CPU_PROFILES=FOLDER each of them leaves a CPU profile there.
 */
export async function startProduct() {
  const profiles = process.env.BENCH_CPU_PROFILES;
  const nodeArgs = (part) =>
    profiles ? ['--cpu-prof', `--cpu-prof-dir=${profiles}`, `--cpu-prof-name=${part}.cpuprofile`] : [];
  const starting = install({}, { fsync: true, lifeline: true, nodeArgs });
  for (const signal of ['SIGINT', 'SIGTERM'])
    process.once(signal, () => starting.then(({ stop }) => stop()).finally(() => process.exit(1)));
  const product = await starting;

  const { redis, store, api, worker } = product;
  const supervisor = JSON.parse(await readFile(join(product.folder, 'worker/supervisor.json'), 'utf8')).pid;
  const pids = () => [
    ...Object.entries({ redis, store, api, worker }).map(([name, { pid }]) => ({ name, pid })),
    { name: 'supervisor', pid: supervisor },
  ];
  return { ...product, pids };
}
