import { z } from 'zod';
import { logger } from '../../platform/logging/logger.js';
import { receive, refuseDoubles } from './link-message.js';
import type { LinkSession } from './link-session.js';

describe('the parts of the table of messages', () => {
  it('may each handle other messages', () => {
    expect(() => refuseDoubles([{ hello: 1, heartbeat: 2 }, { claim: 3 }])).not.toThrow();
  });

  it('may not handle the same message', () => {
    const parts = [{ hello: 1, claim: 2 }, { claim: 3 }];
    expect(() => refuseDoubles(parts)).toThrow('two handlers: claim');
  });
});

it('writes of a message with very many faults a short line into the log', async () => {
  const said: unknown[] = [];
  const { warn } = logger;
  logger.warn = (...line: unknown[]) => void said.push(line);
  const ref = z.strictObject({ runId: z.string(), attempt: z.int() });
  const message = { schema: z.tuple([z.array(ref)]), handle: () => Promise.reject(new Error('It was taken.')) };
  const named = { ['x'.repeat(100_000)]: 1 };
  const sent = [Array.from({ length: 10_000 }, () => named), () => undefined];
  await receive({ machineId: 'm' } as LinkSession, 'heartbeat', message as never, sent);
  logger.warn = warn;
  expect(said).toEqual([[expect.any(Object), 'a message of a worker is not valid']]);
  expect(JSON.stringify(said).length).toBeLessThan(1_000);
});
