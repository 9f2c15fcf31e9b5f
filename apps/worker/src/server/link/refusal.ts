import { LINK_VERSION, type LinkRefusal, LinkRefusalSchema } from '@mle/protocol';
import { z } from 'zod';

const RefusedHandshakeSchema = z.object({ data: LinkRefusalSchema });

interface Refusal {
  kind: LinkRefusal['code'];
  /** What the machine's owner can do. */
  advice: string;
}

export function readRefusal(error: Error, withToken: boolean): Refusal {
  const kind = kindOf(error);
  if (kind === 'unavailable')
    return { kind, advice: `The server could not check who this worker is: ${error.message} It is tried again.` };
  if (kind === 'link_version') {
    return {
      kind,
      advice: `The server speaks another version of the link than this worker, which speaks ${LINK_VERSION}: ${error.message} Download the worker again from /worker/worker.mjs of the server. It is tried again.`,
    };
  }
  const what = withToken
    ? 'the join token: it is used up, too old or wrong'
    : 'the credential of this machine, or there is none';
  return {
    kind,
    advice: `The server refused ${what}. (${error.message}) Make a join token on the Machines page and start the worker with --token-file or --token-stdin. It is tried again.`,
  };
}

/** A server that names no kind is not one of ours, or not yet: nothing is known about the secret. */
function kindOf(error: Error): Refusal['kind'] {
  const named = RefusedHandshakeSchema.safeParse(error);
  return named.success ? named.data.data.code : 'unavailable';
}
