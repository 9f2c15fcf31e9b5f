import { LINK_VERSION } from '@mle/protocol';
import { z } from 'zod';

/** A server may name the kind of a refused handshake: `next(Object.assign(new Error(sentence), { data: { code } }))`. */
const RefusalSchema = z.object({ data: z.object({ code: z.enum(['link_version', 'unknown', 'unavailable']) }) });

export interface Refusal {
  /** `unavailable`: the server could not look, which says nothing about the secret. */
  kind: 'link_version' | 'unknown' | 'unavailable';
  /** What the machine's owner can do. */
  advice: string;
}

export function readRefusal(error: Error, withToken: boolean): Refusal {
  const kind = kindOf(error);
  if (kind === 'unavailable') return { kind, advice: `The server could not check who this worker is: ${error.message} It is tried again.` };
  if (kind === 'link_version') {
    return {
      kind,
      advice: `The server speaks another version of the link than this worker, which speaks ${LINK_VERSION}: ${error.message} Download the worker again from /worker/worker.mjs of the server. It is tried again.`,
    };
  }
  const what = withToken ? 'the join token: it is used up, too old or wrong' : 'the credential of this machine, or there is none';
  return {
    kind,
    advice: `The server refused ${what}. (${error.message}) Make a join token on the Machines page and start the worker with --token-file or --token-stdin. It is tried again.`,
  };
}

function kindOf(error: Error): Refusal['kind'] {
  const named = RefusalSchema.safeParse(error);
  if (named.success) return named.data.data.code;
  if (/\bversion\b/i.test(error.message)) return 'link_version';
  return /could not check/i.test(error.message) ? 'unavailable' : 'unknown';
}
