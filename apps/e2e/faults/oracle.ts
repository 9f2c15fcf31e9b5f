import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isTerminal, RUN_TRANSITIONS, type AttemptView, type RunState, type RunView } from '@mle/protocol';
import type { Api } from '../system/api.js';
import { processesOf } from './processes.js';
import type { Watcher } from './watcher.js';

const HEADLINE = 'Running job.py\n';
/** An attempt whose copy is killed late, by a worker that was away. */
const KILL_SECONDS = 20;

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

export interface Ledger {
  starts: Map<string, number>;
  ends: Set<string>;
}

/** Says of a run that ended whether anything of it was lost, came twice or was left behind. */
export class Oracle {
  constructor(
    private readonly api: Api,
    private readonly watcher: Watcher,
    /** Where the programs wrote their ledger and their copies. */
    private readonly folder: string,
  ) {}

  /** Fails unless the run ended as `expected` says and all of the oracle holds. */
  async check(runId: string, expected: Partial<RunView> = {}, seconds = 60): Promise<RunView> {
    const run = await this.api.ended(runId, seconds);
    expect(run).toMatchObject(expected);
    for (const attempt of run.attempts) this.followedTheTable(run, attempt);
    const { starts, ends } = await this.ledger();
    for (const { n, state } of run.attempts) {
      const begun = starts.get(`${runId}-${n}`) ?? 0;
      // An attempt that was stopped or lost may have been cut down before its first line of code.
      expect([runId, n, begun]).toEqual([runId, n, state === 'succeeded' || state === 'failed' ? 1 : Math.min(begun, 1)]);
    }
    for (const { n, outputSha256 } of run.attempts) {
      await this.isBeginning(runId, n);
      if (outputSha256 !== null) expect([runId, n, outputSha256]).toEqual([runId, n, await this.sha256(runId, n)]);
    }
    if (ends.has(`${runId}-${run.attempt}`) && run.outputSha256 !== null) expect([runId, run.outputSha256]).toEqual([runId, await this.whole(runId, run.attempt)]);
    await this.watcher.complete(run, 30);
    for (const { n } of run.attempts) await this.wasWatched(runId, n);
    await this.nothingIsLeft(runId);
    return run;
  }

  async ledger(): Promise<Ledger> {
    const starts = new Map<string, number>();
    const ends = new Set<string>();
    for (const line of (await readFile(join(this.folder, 'ledger'), 'utf8')).split('\n')) {
      const [event, name = ''] = line.split(' ');
      if (event === 'start') starts.set(name, (starts.get(name) ?? 0) + 1);
      if (event === 'end') ends.add(name);
    }
    return { starts, ends };
  }

  /** Each step of the attempt is an arrow of the table, and its last state is an end. */
  private followedTheTable(run: RunView, attempt: AttemptView): void {
    const states = attempt.history.map(({ state }) => state);
    const wrong = states.slice(1).filter((to, i) => !(RUN_TRANSITIONS[states[i] as RunState] as readonly RunState[]).includes(to));
    expect({ run: run.id, states, wrong, first: states[0], ended: isTerminal(states.at(-1) as RunState) }).toMatchObject({ wrong: [], first: 'queued', ended: true });
  }

  /** What the program meant to print, as one sequence. */
  private async whole(runId: string, attempt: number): Promise<string> {
    const hash = createHash('sha256').update(HEADLINE);
    for await (const piece of createReadStream(this.copyOf(runId, attempt))) hash.update(piece as Buffer);
    return hash.digest('hex');
  }

  /** What is stored of the program's own output begins as its copy does, wherever it was cut off. */
  private async isBeginning(runId: string, attempt: number): Promise<void> {
    const stored = await this.api.output(runId, `?attempt=${attempt}&stream=stdout`);
    if (stored.length === 0) return;
    const hash = createHash('sha256');
    for await (const piece of createReadStream(this.copyOf(runId, attempt), { end: stored.length - 1 })) hash.update(piece as Buffer);
    expect([runId, attempt, sha256(stored)]).toEqual([runId, attempt, hash.digest('hex')]);
  }

  /** The watcher may have missed the end of an attempt that gave way to the next one, but what it has is what is stored. */
  private async wasWatched(runId: string, attempt: number): Promise<void> {
    const end = this.watcher.end(runId, attempt);
    expect([runId, attempt, this.watcher.sha256(runId, attempt)]).toEqual([runId, attempt, await this.sha256(runId, attempt, end)]);
  }

  private async sha256(runId: string, attempt: number, to = Number.MAX_SAFE_INTEGER): Promise<string> {
    const hash = createHash('sha256');
    const response = await this.api.fetch(`runs/${runId}/output?attempt=${attempt}&to=${to}`);
    for await (const piece of response.body as unknown as AsyncIterable<Uint8Array>) hash.update(piece);
    return hash.digest('hex');
  }

  private async nothingIsLeft(runId: string): Promise<void> {
    for (const until = Date.now() + KILL_SECONDS * 1000; processesOf(runId).length > 0; await sleep(50)) {
      if (Date.now() > until) throw new Error(`processes of run ${runId} are left: ${processesOf(runId).join(', ')}`);
    }
  }

  private copyOf(runId: string, attempt: number): string {
    return join(this.folder, `copy-${runId}-${attempt}`);
  }
}
