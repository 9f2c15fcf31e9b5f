import { setTimeout as sleep } from 'node:timers/promises';
import type { Account, Site } from '../account/account.js';
import type { Caller } from '../account/callers.js';
import type { Occasion } from '../account/faults.js';
import { knownError } from '../account/known-errors.js';
import { ServiceError } from '../wire/service-error.js';

/** The connection breaks before anything is done. */
export class CutConnection extends Error {}

/** One call, signed by a caller, to one region. */
export class Call {
  /** All is done, and the answer never arrives. */
  answerIsLost = false;

  constructor(
    readonly account: Account,
    readonly site: Site,
    readonly caller: Caller,
    readonly action: string,
    readonly dryRun: boolean,
  ) {}

  get region() {
    return this.site.region;
  }

  get now(): number {
    return this.account.clock.now();
  }

  occasion(place?: Occasion['place']): Occasion {
    const occasion = { action: this.action, region: this.region.name, dryRun: this.dryRun };
    return place === undefined ? occasion : { ...occasion, place };
  }

  /** Takes the fault that waits for this call, if there is one, and fails as it says. */
  async meetFault(place?: Occasion['place']): Promise<void> {
    const fault = this.account.faults.take(this.occasion(place));
    if (fault === null) return;
    if (fault.delayMs > 0) await sleep(fault.delayMs);
    if (fault.cut === 'before') throw new CutConnection();
    if (fault.cut === 'after') this.answerIsLost = true;
    if (fault.code === undefined) return;
    const { message, status } = knownError(fault.code);
    throw new ServiceError(fault.code, fault.message ?? message, fault.status ?? status);
  }
}
