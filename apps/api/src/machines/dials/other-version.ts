import { LINK_VERSION } from '@mle/protocol';
import type { Control } from './control.js';
import { DialError } from './dial-error.js';

/** Why the worker that was dialled will not come online before it has this server's version; null: it is not that. */
export async function otherVersion(control: Control, url: string): Promise<DialError | null> {
  const greeting = await control.greeted();
  if (greeting === null || greeting.linkVersion === LINK_VERSION) return null;
  return new DialError(
    'link_version',
    `The worker at ${url} speaks version ${greeting.linkVersion} of the link and this server version ${LINK_VERSION}. One that was started with --update-dir takes this server's worker between two runs; else fetch it from /worker/worker.mjs of this server and start it anew.`,
  );
}
