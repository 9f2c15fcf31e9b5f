import { setTimeout as sleep } from 'node:timers/promises';
import { isTerminal } from '@mle/protocol';
import type { Client } from '@mle/testing';

/** Follows a run's output by REST, and goes on from its last byte after a break, as a script would. */
export class Follower {
  private received = Buffer.alloc(0);
  private readonly finished: Promise<void>;

  constructor(
    private readonly api: Client,
    private readonly runId: string,
  ) {
    this.finished = this.follow();
  }

  /** All that was received, once the run has ended. */
  async whole(): Promise<Buffer> {
    await this.finished;
    return this.received;
  }

  private async follow(): Promise<void> {
    for (;;) {
      try {
        const response = await this.api.fetch(`runs/${this.runId}/output?follow=true&from=${this.received.length}`);
        if (!response.ok) throw new Error(`the output answered ${response.status}`);
        for await (const piece of response.body as unknown as AsyncIterable<Uint8Array>)
          this.received = Buffer.concat([this.received, piece]);
        const run = await this.api.run(this.runId);
        if (isTerminal(run.state) && this.received.length >= run.outputBytes) return;
      } catch {
        // The server or its database is away: that is what the test is about.
        await sleep(100);
      }
    }
  }
}
