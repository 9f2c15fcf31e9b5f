import { LINK_VERSION } from '@mle/protocol';
import { z } from 'zod';

/** What the server adds to a refused handshake: `next(Object.assign(new Error(sentence), { data: { code } }))`. */
const RefusalSchema = z.object({ data: z.object({ code: z.string() }) });

/** The kind of a refused handshake, and what the machine's owner can do. */
export function refusal(error: Error, withToken: boolean): { code: 'version' | 'secret'; advice: string } {
  const parsed = RefusalSchema.safeParse(error);
  if (parsed.success && parsed.data.data.code === 'link_version') {
    return {
      code: 'version',
      advice: `The server speaks another version of the link than this worker (${LINK_VERSION}). Download the worker again from <server>/worker/worker.mjs and start it. It is tried again.`,
    };
  }
  const what = withToken ? 'the join token: it is used up, too old or wrong' : 'the credential of this machine, or there is none';
  return {
    code: 'secret',
    advice: `The server refused ${what} (${error.message}). Make a new join token in the page of the machines and start the worker with --token-file or --token-stdin. It is tried again.`,
  };
}
