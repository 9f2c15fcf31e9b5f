import {
  ArtifactChunkSchema,
  ArtifactPutSchema,
  AttemptLeftoversSchema,
  LIMITS,
  OutputFrameSchema,
  ResourceUsageSchema,
} from '@mle/protocol';
import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { ArtifactIntake } from '../../results/artifacts/artifact-intake.service.js';
import { LeftoversService } from '../../results/leftovers/leftovers.service.js';
import { OutputIngest } from '../../results/output/output-ingest.service.js';
import { ResourcesService } from '../../results/resources/resources.service.js';
import { AttemptFence } from '../../run-records/attempt-fence.service.js';
import type { LinkMessages } from './link-message.js';

const BytesSchema = z.custom<Buffer>((value) => Buffer.isBuffer(value));
const sum = (lengths: number[]): number => lengths.reduce((total, length) => total + length, 0);

/** What a machine sends of the results of its attempts. */
@Injectable()
export class ResultMessages {
  readonly messages = {
    output: {
      schema: z
        .tuple([OutputFrameSchema, BytesSchema])
        .refine(([, bytes]) => bytes.length <= LIMITS.outputFrameBytes)
        .refine(([{ segments }, bytes]) => bytes.length === sum(segments.map(([length]) => length))),
      handle: ({ machine: { id } }, frame, bytes) =>
        this.output.accept(frame, bytes, { machineId: id, mayWrite: (ref) => this.fence.mayWrite(id, ref) }),
    },
    resources: {
      schema: z.tuple([ResourceUsageSchema]),
      handle: ({ machine }, usage) => this.resources.take(machine.id, usage),
    },
    'artifacts.put': {
      schema: z.tuple([ArtifactPutSchema]),
      handle: ({ machine }, put) => this.artifacts.put(machine.id, put),
    },
    'artifacts.chunk': {
      schema: z
        .tuple([ArtifactChunkSchema, BytesSchema])
        .refine(([{ pieces }, bytes]) => bytes.length === sum(pieces.map(({ length }) => length))),
      handle: ({ machine }, chunk, bytes) => this.artifacts.chunk(machine.id, chunk, bytes),
    },
    'attempt.leftovers': {
      schema: z.tuple([AttemptLeftoversSchema]),
      handle: async ({ machine }, leftovers) =>
        (await this.leftovers.take(machine.id, leftovers)) ? { ok: true } : { ok: false, code: 'superseded' },
    },
  } satisfies Partial<LinkMessages>;

  constructor(
    private readonly output: OutputIngest,
    private readonly fence: AttemptFence,
    private readonly resources: ResourcesService,
    private readonly artifacts: ArtifactIntake,
    private readonly leftovers: LeftoversService,
  ) {}
}
