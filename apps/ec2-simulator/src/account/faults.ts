import type { Fault } from '@mle/simulated-ec2';
import type { Market } from '../catalogue/quota-codes.js';

/** A moment at which a fault may hold. */
export interface Occasion {
  action: string;
  region: string;
  dryRun: boolean;
  /** Known once it is clear what is launched, and where. */
  place?: { zone: string; instanceType: string; market: Market };
}

const MOST_FAULTS = 1000;

/** The faults that wait for their calls. */
export class Faults {
  private faults: Fault[] = [];

  add(fault: Fault): void {
    if (this.faults.length >= MOST_FAULTS)
      throw new Error(`There are ${MOST_FAULTS} faults already. Clear them first.`);
    this.faults.push({ ...fault });
  }

  list(): readonly Fault[] {
    return this.faults;
  }

  clear(): void {
    this.faults = [];
  }

  /** Whether a fault waits for this; it goes on waiting. */
  expects(occasion: Occasion): boolean {
    return this.faults.some((fault) => matches(fault, occasion));
  }

  take(occasion: Occasion): Fault | null {
    const fault = this.faults.find((candidate) => matches(candidate, occasion));
    if (fault === undefined) return null;
    if (fault.count !== null && --fault.count === 0) this.faults.splice(this.faults.indexOf(fault), 1);
    return fault;
  }
}

/** A fault that names a place waits until the place is known, and one that names none is met before. */
function matches(fault: Fault, { action, region, dryRun, place }: Occasion): boolean {
  if (fault.action !== '*' && fault.action !== action) return false;
  if (fault.dryRun !== dryRun || (fault.region !== undefined && fault.region !== region)) return false;
  const namesPlace = fault.zone !== undefined || fault.instanceType !== undefined || fault.market !== undefined;
  if (place === undefined) return !namesPlace;
  if (!namesPlace) return false;
  return (
    (fault.zone ?? place.zone) === place.zone &&
    (fault.instanceType ?? place.instanceType) === place.instanceType &&
    (fault.market ?? place.market) === place.market
  );
}
