import {
  AttemptFinishedSchema,
  AttemptProgressSchema,
  AttemptRunningSchema,
  BlobFetchSchema,
  ClaimSchema,
} from '@mle/protocol';
import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { isOutage } from '../../platform/http/problem.js';
import { withCorrelationId } from '../../platform/logging/correlation.js';
import { AttemptClaims } from '../../runs/life/attempt-claims.service.js';
import { AttemptEndings } from '../../runs/life/attempt-endings.service.js';
import { BlobStreams } from './blob-streams.service.js';
import type { LinkMessages } from './link-message.js';

/** How a machine drives an attempt: it claims it, fetches its files, runs it and reports its end. */
@Injectable()
export class AttemptMessages {
  readonly messages = {
    claim: {
      schema: z.tuple([ClaimSchema]),
      handle: ({ machine }, ref) =>
        withCorrelationId(`${ref.runId}-${ref.attempt}`, () => this.claims.claim(machine, ref)),
    },
    'blobs.fetch': {
      schema: z.tuple([BlobFetchSchema]),
      handle: (session, fetch) => this.blobs.serve(session, fetch),
      failed: (error) => ({ ok: false, message: 'The server could not serve the files.', again: isOutage(error) }),
    },
    'attempt.progress': {
      schema: z.tuple([AttemptProgressSchema]),
      handle: ({ machine }, progress) => this.claims.progress(machine.id, progress),
    },
    'attempt.running': {
      schema: z.tuple([AttemptRunningSchema]),
      handle: ({ machine }, running) => this.claims.running(machine.id, running),
    },
    'attempt.finished': {
      schema: z.tuple([AttemptFinishedSchema]),
      handle: ({ machine }, finished) => this.endings.finished(machine, finished),
    },
  } satisfies Partial<LinkMessages>;

  constructor(
    private readonly claims: AttemptClaims,
    private readonly endings: AttemptEndings,
    private readonly blobs: BlobStreams,
  ) {}
}
