import { setTimeout as sleep } from 'node:timers/promises';
import { type AttemptView, isTerminal, RUN_TRANSITIONS, type RunState, type RunView } from '@mle/protocol';
import type { Client } from '@mle/testing';
import { processesOf } from './processes.js';
import type { Watcher } from './watcher.js';
import { type Digest, digest, type Witness } from './witness.js';

/** A copy of a lost attempt is killed when its worker is back. */
const KILL_SECONDS = 20;
const CATCH_UP_SECONDS = 60;

/** Says of a run that ended whether anything of it was lost, came twice or was left behind. */
export class Oracle {
  constructor(
    private readonly api: Client,
    private readonly watcher: Watcher,
    private readonly witness: Witness,
  ) {}

  /**
   * Fails unless the run ends as `expected` says and all of the oracle holds. `kept`: the bytes that its quota leaves
   * of its output.
   */
  async check(runId: string, expected: Partial<RunView> = {}, seconds = 60, kept?: number): Promise<RunView> {
    const run = await this.api.ended(runId, seconds);
    expect(run).toMatchObject(expected);
    for (const attempt of run.attempts) {
      followedTheTable(run, attempt);
      await this.beganOnce(run, attempt);
      await this.isStored(run, attempt, kept);
    }
    await this.watcher.complete(run, CATCH_UP_SECONDS);
    for (const { n } of run.attempts) await this.wasWatched(runId, n);
    await this.nothingIsLeft(runId);
    return run;
  }

  private async beganOnce({ id }: RunView, { n, state }: AttemptView): Promise<void> {
    const { starts } = await this.witness.ledger();
    const begun = starts.get(`${id}-${n}`) ?? 0;
    // An attempt that was stopped or lost may have been cut down before its first line of code.
    const interrupted = state !== 'succeeded' && state !== 'failed';
    expect({ id, n, begun }).toEqual({ id, n, begun: interrupted ? Math.min(begun, 1) : 1 });
  }

  /**
   * Stored is what the program wrote, or its two ends where it passed its quota, or its beginning where it did not end
   * by itself or its end was not heard of.
   */
  private async isStored(
    { id }: RunView,
    { n, state, outputBytes, outputSha256 }: AttemptView,
    kept?: number,
  ): Promise<void> {
    const all = await this.stored(id, n);
    if (outputSha256 !== null) expect({ id, n, ...all }).toEqual({ id, n, bytes: outputBytes, sha256: outputSha256 });
    const printed = await this.stored(id, n, '&stream=stdout');
    const { ends } = await this.witness.ledger();
    const whole = ends.has(`${id}-${n}`) && state !== 'lost';
    const wrote = await this.witness.printed(`${id}-${n}`, whole ? kept : printed.bytes);
    if (whole || wrote) expect({ id, n, ...printed }).toEqual({ id, n, ...wrote });
  }

  /**
   * The watcher may have missed the end of an attempt that gave way to the next one, but what it has is what is stored.
   */
  private async wasWatched(id: string, n: number): Promise<void> {
    const seen = { bytes: this.watcher.end(id, n), sha256: this.watcher.sha256(id, n) };
    expect({ id, n, ...seen }).toEqual({ id, n, ...(await this.stored(id, n, `&to=${seen.bytes}`)) });
  }

  private async stored(id: string, n: number, query = ''): Promise<Digest> {
    const response = await this.api.fetch(`runs/${id}/output?attempt=${n}${query}`);
    if (!response.ok) throw new Error(`the output of run ${id} answered ${response.status}`);
    return digest(response.body as unknown as AsyncIterable<Uint8Array>);
  }

  private async nothingIsLeft(id: string): Promise<void> {
    for (const until = Date.now() + KILL_SECONDS * 1000; processesOf(id).length > 0; await sleep(50)) {
      if (Date.now() > until) throw new Error(`processes of run ${id} are left: ${processesOf(id).join(', ')}`);
    }
  }
}

/** Each step of the attempt is an arrow of the table, from its beginning to one end. */
function followedTheTable({ id }: RunView, { n, history }: AttemptView): void {
  const states = history.map(({ state }) => state);
  const wrong = states
    .slice(1)
    .filter((to, i) => !(RUN_TRANSITIONS[states[i] as RunState] as readonly RunState[]).includes(to));
  const ends = states.filter(isTerminal);
  expect({ id, n, states, first: states[0], wrong, ends }).toEqual({
    id,
    n,
    states,
    first: 'queued',
    wrong: [],
    ends: states.slice(-1),
  });
}
