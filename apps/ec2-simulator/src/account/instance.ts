import type { Image } from '../catalogue/images.js';
import type { InstanceType } from '../catalogue/instance-types.js';
import type { Market } from '../catalogue/quota-codes.js';
import type { Machine } from './machine.js';
import type { SecurityGroup, Subnet } from './network.js';
import type { Resource } from './resource.js';

/** The states of an instance, with their numbers on the wire. */
export const STATE_CODES = {
  pending: 0,
  running: 16,
  'shutting-down': 32,
  terminated: 48,
  stopping: 64,
  stopped: 80,
} as const;

export type InstanceState = keyof typeof STATE_CODES;
export type ShutdownBehavior = 'stop' | 'terminate';

export interface Volume extends Resource {
  readonly kind: 'volume';
  sizeGib: number;
  type: string;
  iops: number;
  throughput: number;
  encrypted: boolean;
  zone: string;
  snapshotId: string;
  createdAt: Date;
  attachment: { instanceId: string; device: string; deleteOnTermination: boolean } | null;
}

interface NetworkInterface extends Resource {
  readonly kind: 'network-interface';
  macAddress: string;
  attachmentId: string;
}

interface SpotRequest extends Resource {
  readonly kind: 'spot-instances-request';
  /** Dollars per hour; null: at most the on-demand price. */
  maxPrice: number | null;
  /** A persistent request survives a stop of its instance. */
  persistent: boolean;
}

export interface MetadataOptions {
  httpTokens: 'required' | 'optional';
  httpEndpoint: 'enabled' | 'disabled';
  hopLimit: number;
  instanceTags: 'enabled' | 'disabled';
}

export interface Instance extends Resource {
  readonly kind: 'instance';
  readonly reservationId: string;
  readonly clientToken: string;
  readonly index: number;
  readonly image: Image;
  readonly type: InstanceType;
  readonly subnet: Subnet;
  readonly groups: readonly SecurityGroup[];
  readonly keyName?: string;
  readonly userData: Buffer;
  readonly metadataOptions: MetadataOptions;
  readonly shutdownBehavior: ShutdownBehavior;
  readonly volumes: readonly Volume[];
  readonly networkInterface: NetworkInterface;
  readonly spot: SpotRequest | null;
  readonly privateAddress: string;
  /** Wants a public address whenever it runs. */
  readonly isPublic: boolean;
  /** Calls do not find it before this time. */
  readonly visibleAt: number;
  state: InstanceState;
  stateSince: number;
  /** Of the last launch or start. */
  launchedAt: Date;
  /** Why it left `running`. */
  reason: { code: string; message: string } | null;
  publicAddress: string | null;
  /** Announced: the instance ends at this time. */
  interruptionAt: Date | null;
  machine: Machine;
}

export function marketOf(instance: Pick<Instance, 'spot'>): Market {
  return instance.spot === null ? 'on-demand' : 'spot';
}

/** Whether it counts for quotas. */
export function isLive(instance: Instance): boolean {
  return instance.state === 'pending' || instance.state === 'running' || instance.state === 'stopping';
}
