// How long the files of a run take to be in its workspace, beside cp and rsync of the same tree on the same disk.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import yazl from 'yazl';
import { percentile } from './lib/numbers.mjs';
import { startProduct } from './lib/product.mjs';
import { atMost, report, spread } from './lib/report.mjs';

const FILES = Number(process.env.BENCH_FILES ?? 10_000);
const FOLDERS = 100;
const COLD_ROUNDS = 5;
const UNCHANGED_ROUNDS = 15;
const ZIP = { 'content-type': 'application/zip' };

const product = await startProduct();
const hasRsync = spawnSync('rsync', ['--version']).status === 0;

async function main() {
  const machineId = (await product.client.machine()).id;
  const source = join(product.folder, 'source');
  const cold = { cp: [], rsync: [], product: [] };
  let projectId = '';
  for (let round = 0; round < COLD_ROUNDS; round++) {
    // Contents that nobody has seen: neither the server's cache of snapshots nor the worker's of blobs.
    const tree = makeTree(`round ${round}`);
    rmSync(source, { recursive: true, force: true });
    for (const [path, bytes] of tree) write(join(source, path), bytes);
    cold.cp.push(await copying('cp', ['-a', source, `${source}-cp`], `${source}-cp`));
    if (hasRsync) cold.rsync.push(await copying('rsync', ['-a', `${source}/`, `${source}-rsync`], `${source}-rsync`));
    // The connection that the server closed while this process wrote files has to be noticed before it is used again.
    await sleep(100);
    projectId = (await product.client.json('POST', `projects/archive?name=sync-${round}`, await zipOf(tree), ZIP)).id;
    cold.product.push(await prepared(projectId, machineId));
  }
  const unchanged = { rsync: [], product: [] };
  if (hasRsync) await copying('rsync', ['-a', `${source}/`, `${source}-rsync`]);
  for (let round = 0; round < UNCHANGED_ROUNDS; round++) {
    if (hasRsync) unchanged.rsync.push(await copying('rsync', ['-a', `${source}/`, `${source}-rsync`]));
    unchanged.product.push(await prepared(projectId, machineId));
  }
  const bytes = makeTree('x').reduce((sum, [, content]) => sum + content.length, 0);
  console.log(
    `${FILES} files, ${(bytes / 1024 ** 2).toFixed(1)} MiB, in ${FOLDERS} folders; won claim → running program, by the run's history`,
  );
  if (!hasRsync)
    console.log(
      'rsync is not installed: the unchanged case has no baseline, and the cold one is measured beside cp alone.',
    );
  const median = (values) => percentile(values, 0.5);
  const [fastest, baseline] =
    hasRsync && median(cold.rsync) < median(cold.cp) ? ['rsync -a', cold.rsync] : ['cp -a', cold.cp];
  report([
    atMost(
      `cold, beside ${fastest}`,
      spread(baseline, 'ms'),
      spread(cold.product, 'ms'),
      median(cold.product) / median(baseline),
      2,
    ),
    ...(hasRsync
      ? [
          atMost(
            'unchanged, beside rsync -a',
            spread(unchanged.rsync, 'ms'),
            spread(unchanged.product, 'ms'),
            median(unchanged.product) / median(unchanged.rsync),
            1,
          ),
        ]
      : []),
  ]);
  console.log(
    `cold by cp -a ${spread(cold.cp, 'ms')}${hasRsync ? `, by rsync -a ${spread(cold.rsync, 'ms')}` : ''}; unchanged by the product ${spread(unchanged.product, 'ms')}`,
  );
}

/** Source files of all sizes up to 4 KiB, 2 KiB in the middle. */
function makeTree(salt) {
  const tree = Array.from({ length: FILES }, (_, i) => {
    const seed = createHash('sha256').update(`${salt} ${i}`).digest('hex');
    return [`pkg${i % FOLDERS}/module_${i}.py`, Buffer.from(`# ${seed}\n`.padEnd(70 + ((i * 397) % 4026), 'x = 1\n'))];
  });
  return [...tree, ['run.sh', Buffer.from(`# ${salt}\ntrue\n`)]];
}

function write(path, bytes) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
}

async function zipOf(tree) {
  const zip = new yazl.ZipFile();
  for (const [path, bytes] of tree) zip.addBuffer(bytes, path);
  zip.end();
  const parts = [];
  for await (const part of zip.outputStream) parts.push(part);
  return Buffer.concat(parts);
}

/** Milliseconds of a command; `made` goes again afterwards. */
async function copying(command, args, made) {
  const began = performance.now();
  const [code] = await once(spawn(command, args, { stdio: ['ignore', 'ignore', 'inherit'] }), 'exit');
  const took = performance.now() - began;
  if (code !== 0) throw new Error(`${command} ended with status ${code}`);
  if (made) rmSync(made, { recursive: true });
  return took;
}

/** Runs a program that does nothing; answers the milliseconds from the won claim to its start. */
async function prepared(projectId, machineId) {
  const { id } = await product.client.startRun({ projectId, file: 'run.sh', target: { machineId } });
  for (;;) {
    await sleep(50);
    const run = await product.client.run(id);
    if (!run.finishedAt) continue;
    if (run.state !== 'succeeded') throw new Error(`the run ended as ${run.state}: ${run.reason}`);
    const at = (state) => Date.parse(run.attempts[0].history.find((entry) => entry.state === state).at);
    return at('running') - at('preparing');
  }
}

try {
  await main();
} finally {
  await product.stop();
}
