import type { ManifestEntry } from '@mle/protocol';

/** Files from somewhere else, already stored, and sentences about what of them did not come. */
export interface Imported {
  entries: ManifestEntry[];
  notices: string[];
}
