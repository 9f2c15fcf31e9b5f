import type { ParamValue } from '@mle/protocol';
import type { PairedDifference } from './paired-difference.js';

/** How one run ended, as far as it is judged. */
export interface SeedOutcome {
  seed: number;
  ending: number | 'nan' | 'failed';
  /** All that is known of the metric of the run: where the seed changes nothing, it is the same for each. */
  print: string;
}

/** A value of a knob, and how its runs ended: one of each seed. */
export interface JudgedSetting {
  knob: string;
  /** Of the knob in the baseline. */
  from: ParamValue | null;
  value: ParamValue | null;
  /** What differs from the baseline besides the knob. */
  differs: string[];
  outcomes: SeedOutcome[];
}

/** What of an effect is known before all are looked at together. */
export interface Finding {
  setting: JudgedSetting;
  /** The seeds that both have. */
  n: number;
  value: number | null;
  difference: PairedDifference | null;
  /** Of those seeds, how many have no number with this value and with the baseline. */
  lost: { here: Losses; before: Losses };
  /** Neither value has other numbers with other seeds. */
  seedless: boolean;
}

export interface Losses {
  nan: number;
  failed: number;
}

export const sumOf = ({ nan, failed }: Losses): number => nan + failed;
