import { Injectable } from '@nestjs/common';
import { Hook } from '../platform/signals/hook.js';

/** What the rooms above do about a run before whoever changes it goes on. */
@Injectable()
export class RunHooks {
  /**
   * Removes what else there is of some runs. Runs before the runs themselves go, and again after it where their
   * machines may still have written.
   */
  readonly onDelete = new Hook<[runIds: readonly string[]]>();
  /** Tells what some runs have stored, beside their output. */
  readonly onMeasure = new Hook<[runIds: readonly string[], add: (bytes: number) => void]>();
}
