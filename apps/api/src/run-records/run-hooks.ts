import { Injectable } from '@nestjs/common';
import { Hook } from '../platform/signals/hook.js';

/** What the rooms above do about a run before whoever changes it goes on. */
@Injectable()
export class RunHooks {
  /**
   * Removes what else there is of a run. Runs before the run itself goes, and again after it where its machine may
   * still have written.
   */
  readonly onDelete = new Hook<[runId: string]>();
}
