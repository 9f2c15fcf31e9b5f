import type { RunView } from '@mle/protocol';

/** A run as it is drawn against the axes of values. */
export interface DrawnRun {
  run: RunView;
  /** One of those that are compared; the others are what they lie among. */
  own: boolean;
  /** As CSS says it. */
  colour: string;
  dash: boolean;
  /** Within what is brushed. */
  kept: boolean;
  title: string;
}
