import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_PROJECT_SETTINGS } from '@mle/protocol';
import { until } from '@mle/testing';
import { fakeDocker } from '../../test/fake-docker.js';
import { isAlive } from '../../test/processes.js';
import type { TestRun } from '../../test/test-run.js';
import { TestServer } from '../../test/test-server.js';
import { SHORT_STOP, TestWorker } from '../../test/test-worker.js';

const image = (name: string) => ({ settings: { ...DEFAULT_PROJECT_SETTINGS, image: name } });
const pidOf = (folder: string, run: TestRun): number =>
  Number(readFileSync(join(folder, 'state', `mle-${run.spec.runId}-1.pid`), 'utf8'));

let server: TestServer;

beforeEach(async () => {
  server = await TestServer.start();
});

afterEach(async () => {
  await server.close();
});

test('a project with an image runs in a container, which ends with the run @full', async () => {
  const folder = fakeDocker();
  const log = (): string => readFileSync(join(folder, 'state/log'), 'utf8');
  const worker = new TestWorker(server, { env: { ...SHORT_STOP, PATH: `${folder}:${process.env['PATH'] ?? ''}` } });
  try {
    await worker.start();
    expect(server.hellos[0]?.inventory.docker).toBe('99.0');
    const show = {
      'show.py': 'import json, os, sys\nprint(json.dumps([sys.argv[1:], dict(os.environ), os.listdir(".")]))\n',
      'requirements.txt': 'no-such-package\n',
    };
    const run = await server.submit(show, {
      file: 'show.py',
      ...image('first'),
      args: ['a b'],
      gpus: [0, 2],
      params: { lr: 0.5 },
      env: { SECRET: 'hidden value', LD_PRELOAD: '' },
    });
    await until('the run is finished', () => run.finished !== null);
    expect(run.stream('system')).toBe('Fetching the image first.\nPulled first\nRunning show.py\n');
    const [args, env, files] = JSON.parse(run.stream('stdout')) as [string[], Record<string, string>, string[]];
    expect(args).toEqual(['a b']);
    expect(env).toMatchObject({
      SECRET: 'hidden value',
      MLE_PARAM_LR: '0.5',
      MLE_OUTPUT_DIR: '/outputs',
      MLE_CACHE_DIR: '/cache',
      HOME: '/cache',
      PYTHONUNBUFFERED: '1',
    });
    expect(files.sort()).toEqual(['requirements.txt', 'show.py']);
    expect(log()).toContain(' --gpus "device=0,2" ');
    // They have other numbers inside, where there are no others.
    expect(env).not.toHaveProperty('CUDA_VISIBLE_DEVICES');
    expect(log()).not.toContain('hidden value');
    expect(
      /^client (.*)$/m
        .exec(log())?.[1]
        ?.split(' ')
        .filter((name) => name !== 'LC_CTYPE'),
    ).toEqual(['HOME', 'LANG', 'MLE_ATTEMPT', 'MLE_RUN_ID', 'PATH']);

    const polite = await server.submit(
      {
        'loop.py':
          'import time\ntry:\n    print("on", flush=True)\n    time.sleep(600)\nexcept KeyboardInterrupt:\n    print("saving", flush=True)\n    raise SystemExit(9)\n',
      },
      image('first'),
    );
    await until('it runs', () => polite.stream('stdout') === 'on\n');
    await server.stop(polite);
    await until('the run is finished', () => polite.finished !== null);
    expect(polite.finished).toMatchObject({ outcome: 'exited', exitCode: 9 });
    expect(polite.stream('stdout')).toBe('on\nsaving\n');

    const deaf = await server.submit(
      {
        'deaf.py':
          'import signal, time\nfor s in (signal.SIGINT, signal.SIGTERM):\n    signal.signal(s, signal.SIG_IGN)\nprint("on", flush=True)\ntime.sleep(600)\n',
      },
      image('first'),
    );
    await until('it runs', () => deaf.stream('stdout') === 'on\n');
    await server.stop(deaf);
    await until('the run is finished', () => deaf.finished !== null);
    expect(deaf.finished?.signal).toBe('SIGKILL');
    expect(isAlive(pidOf(folder, deaf))).toBe(false);

    const lost = await server.submit(
      { 'deaf.py': 'import time\nprint("on", flush=True)\ntime.sleep(600)\n' },
      image('first'),
    );
    await until('it runs', () => lost.stream('stdout') === 'on\n');
    process.kill(worker.supervisorPid, 'SIGKILL');
    await until('the run is finished', () => lost.finished !== null);
    expect(lost.finished?.outcome).toBe('supervisor_lost');
    expect(isAlive(pidOf(folder, lost))).toBe(false);

    const missing = await server.submit({ 'a.py': '' }, image('missing'));
    await until('the run is finished', () => missing.finished !== null);
    expect(missing.finished).toMatchObject({
      outcome: 'prepare_failed',
      reason: expect.stringContaining('The image missing could not be fetched: docker pull ended with exit code 1.'),
    });
    expect(missing.stream('system')).toContain('manifest unknown');
  } finally {
    await worker.clear();
    rmSync(folder, { recursive: true, force: true });
  }
  expect(existsSync(folder)).toBe(false);
});

test('a machine without Docker says so', async () => {
  const worker = new TestWorker(server, { env: { PATH: '/usr/bin:/bin' } });
  try {
    await worker.start();
    expect(server.hellos[0]?.inventory.docker).toBeNull();
    const run = await server.submit({ 'a.py': 'print("never")' }, image('python:3'));
    await until('the run is finished', () => run.finished !== null);
    expect(run.finished).toMatchObject({
      outcome: 'spawn_failed',
      reason: expect.stringMatching(
        /^The project runs in the image python:3, and Docker does not answer on this machine\. Install/,
      ),
    });
  } finally {
    await worker.clear();
  }
});
