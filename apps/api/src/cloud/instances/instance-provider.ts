import type {
  Buy,
  InstanceProblem,
  InstanceProvider,
  InstanceType,
  InstanceTypes,
  LaunchInstances,
} from '@mle/protocol';
import type { MachineRecord } from '../../machines/machines.repository.js';
import type { Instance } from './instance.schema.js';
import type { InstanceRecord } from './instances.repository.js';

/** What is there of an instance. `asked`: a launch that has not been answered; `resting`: it can be started again. */
export type Presence = 'nothing' | 'asked' | 'coming' | 'running' | 'leaving' | 'resting';

/** An instance as its provider sees it. */
export interface Sighting {
  presence: Presence;
  /** Why it cannot become what is wanted. */
  problem: InstanceProblem | null;
  /** It ended by itself, or others ended it: why, as a sentence. */
  over: string | null;
}

/** What a launch settles for all of its instances. */
export type Placement = Pick<
  Instance,
  'region' | 'image' | 'buy' | 'fallBack' | 'way' | 'diskGb' | 'price' | 'alternatives'
>;

/** Who has machines. What is wanted is in the database; a provider makes it so, and says what is there. */
export interface MachineProvider {
  readonly name: InstanceProvider;
  /** Whether instances can be launched there. */
  isThere(): Promise<boolean>;
  /** @throws ProblemError that says why none can be launched, and what to do. */
  need(): Promise<void>;
  /** The smallest first; the first is what a launch gets that names none. */
  types(region?: string): Promise<InstanceTypes>;
  /** @throws ProblemError when what is asked for does not fit together. */
  place(request: LaunchInstances, type: InstanceType): Promise<Placement>;
  /**
   * Makes what is there agree with what is wanted of the living, and says what is there of each; null: that is not
   * known now. Machines are those that instances have become.
   */
  reconcile(
    living: readonly InstanceRecord[],
    machines: ReadonlyMap<string, MachineRecord>,
  ): Promise<ReadonlyMap<string, Sighting> | null>;
  /**
   * Boots one that runs once more, for the sake of its worker.
   * @throws ProblemError that says why not, and what to do.
   */
  reboot(instance: InstanceRecord): Promise<void>;
  /** What it wrote while it booted; null: nothing is known of that. */
  console(instance: InstanceRecord): Promise<string | null>;
  /** What everybody has to know, as sentences. */
  notices(): string[];
}

/** Whoever buys spot may lose the instance: it is never stopped, only terminated. */
export const canRest = ({ buy }: { buy: Buy }): boolean => buy === 'on-demand';
