import { randomUUID } from 'node:crypto';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CreateRun, RunView } from '@mle/protocol';
import { install, type Installation, type InstallOptions, until } from '@mle/testing';
import { JOB, type JobPlan } from './job-program.js';
import { Oracle } from './oracle.js';
import { supervisorOf } from './processes.js';
import { Watcher } from './watcher.js';
import { Witness } from './witness.js';

/** The whole length of a test, where `npm test` has a short form of it. */
export const FULL = process.env['MLE_TEST_FULL'] === '1';

/** A server that is killed again and again is seldom there on a busy machine. */
const INSIST_MS = 120_000;

/** An installation with the job program, a watching client and the oracle. */
export class Bed {
  readonly oracle: Oracle;
  readonly witness: Witness;

  private constructor(
    readonly product: Installation,
    readonly watcher: Watcher,
    /** Where the programs write their ledger and their copies. */
    readonly folder: string,
    readonly projectId: string,
  ) {
    this.witness = new Witness(folder);
    this.oracle = new Oracle(product.client, watcher, this.witness);
  }

  static async make(env: Record<string, string> = {}, options: InstallOptions = {}): Promise<Bed> {
    const folder = await mkdtemp(join(tmpdir(), 'mle-faults-'));
    // Runs may have uids of their own, and write here.
    await chmod(folder, 0o777);
    await writeFile(join(folder, 'ledger'), '');
    await chmod(join(folder, 'ledger'), 0o666);
    const product = await install(
      { MLE_LOST_AFTER_SECONDS: '30', MLE_STOP_GRACE_MS: '1000', MLE_STOP_TERM_MS: '500', ...env },
      options,
    );
    const { id } = await product.client.createProject('faults');
    await product.client.putFile(id, 'job.py', JOB);
    return new Bed(product, new Watcher(product.client), folder, id);
  }

  async remove(): Promise<void> {
    this.watcher.close();
    await this.product.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  request(plan: JobPlan, more: Partial<CreateRun> = {}): CreateRun {
    return { projectId: this.projectId, file: 'job.py', args: [this.folder, JSON.stringify(plan)], ...more };
  }

  /** Posts a run and watches it. */
  async start(plan: JobPlan, more: Partial<CreateRun> = {}): Promise<RunView> {
    const run = await this.product.client.startRun(this.request(plan, more));
    this.watcher.watch(run.id);
    return run;
  }

  /** Posts a run for as long as it takes, and watches it. The key makes one run of all tries. */
  async insist(plan: JobPlan, more: Partial<CreateRun> = {}): Promise<RunView> {
    const key = { 'idempotency-key': randomUUID() };
    const deadline = Date.now() + INSIST_MS;
    for (;;) {
      try {
        const run = await this.product.client.startRun(this.request(plan, more), key);
        this.watcher.watch(run.id);
        return run;
      } catch (error) {
        if (Date.now() > deadline) throw error;
        await sleep(100);
      }
    }
  }

  /** The parts whose memory is looked at, by their names. */
  pids(): Record<'api' | 'store' | 'worker' | 'supervisor', number> {
    const { api, store, worker, folder } = this.product;
    return { api: api.pid, store: store.pid, worker: worker.pid, supervisor: supervisorOf(join(folder, 'worker')) };
  }

  /** Starts a run, and waits until its program prints. Answers the pid of the program. */
  async printing(plan: JobPlan, more: Partial<CreateRun> = {}): Promise<{ run: RunView; pid: number }> {
    const { id } = await this.start(plan, more);
    const run = await this.product.client.until(id, ({ state }) => state === 'running');
    await this.until('it prints', () => this.watcher.end(id, run.attempt) > 60);
    return { run, pid: await this.pidOf(id, run.attempt) };
  }

  pidOf(runId: string, attempt = 1): Promise<number> {
    return this.witness.pidOf(`${runId}-${attempt}`);
  }

  async until(what: string, holds: () => boolean | Promise<boolean>, seconds = 60): Promise<void> {
    await until(what, holds, seconds * 1000, 20);
  }
}
