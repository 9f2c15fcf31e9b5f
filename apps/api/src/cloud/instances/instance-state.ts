import type { InstanceState } from '@mle/protocol';
import type { Wanted } from './instance.schema.js';
import type { Presence } from './instance-provider.js';

/** What can be seen of an instance from here. */
export interface Sight {
  wanted: Wanted;
  /** It ended because something failed. */
  failed: boolean;
  presence: Presence;
  /** The machine that it became. */
  machine: { online: boolean } | null;
}

/** The state of an instance follows from what is wanted and what is there: nothing has to be remembered. */
export function stateOf({ wanted, failed, presence, machine }: Sight): InstanceState {
  if (wanted === 'gone') return presence !== 'nothing' ? 'terminating' : failed ? 'failed' : 'terminated';
  if (wanted === 'stopped') return presence === 'nothing' || presence === 'resting' ? 'stopped' : 'stopping';
  if (presence === 'asked') return 'requested';
  if (presence !== 'running') return 'pending';
  if (!machine) return 'booting';
  return machine.online ? 'ready' : 'connecting';
}
