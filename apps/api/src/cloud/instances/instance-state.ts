import type { InstanceState } from '@mle/protocol';
import type { Wanted } from './instance.schema.js';

/** What can be seen of an instance from here. */
export interface Sight {
  wanted: Wanted;
  /** It ended because something failed. */
  failed: boolean;
  /** Its process, or its folder, is there. */
  process: boolean;
  folder: boolean;
  /** The machine that it became. */
  machine: { online: boolean } | null;
}

/** The state of an instance follows from what is wanted and what is there: nothing has to be remembered. */
export function stateOf({ wanted, failed, process, folder, machine }: Sight): InstanceState {
  if (wanted === 'gone') return process || folder ? 'terminating' : failed ? 'failed' : 'terminated';
  if (wanted === 'stopped') return process ? 'stopping' : 'stopped';
  if (!process) return 'pending';
  if (!machine) return 'booting';
  return machine.online ? 'ready' : 'connecting';
}
