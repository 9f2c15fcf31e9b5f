import type { Timings } from '@mle/simulated-ec2';
import type { Clock } from '../base/clock.js';
import type { Instance, InstanceState } from './instance.js';
import type { Region } from './region.js';

const REASONS = {
  user: { code: 'Client.UserInitiatedShutdown', message: 'Client.UserInitiatedShutdown: User initiated shutdown' },
  instance: {
    code: 'Client.InstanceInitiatedShutdown',
    message: 'Client.InstanceInitiatedShutdown: Instance initiated shutdown',
  },
  spot: {
    code: 'Server.SpotInstanceTermination',
    message: 'Server.SpotInstanceTermination: Spot instance termination',
  },
} as const;

export type Reason = keyof typeof REASONS;

let lastPublicHost = 0;

/** Moves instances from state to state, in the times of the settings, and their machines with them. */
export class Lifecycle {
  constructor(
    private readonly region: Region,
    private readonly clock: Clock,
    private readonly timings: Timings,
    /** Whether an instance, once it runs, boots at all. */
    private readonly mayBoot: (instance: Instance) => boolean,
  ) {}

  /** From a launch or a start to `running`. */
  begin(instance: Instance): void {
    this.enter(instance, 'pending');
    instance.launchedAt = this.clock.date();
    instance.reason = null;
    instance.publicAddress = instance.isPublic ? nextPublicAddress() : null;
    this.clock.after(this.timings.pending, () => {
      if (instance.state !== 'pending') return;
      this.enter(instance, 'running');
      if (this.mayBoot(instance)) instance.machine.switchOn();
    });
  }

  stop(instance: Instance, reason: Reason, force = false): void {
    this.enter(instance, 'stopping');
    instance.reason = REASONS[reason];
    const off = force ? instance.machine.switchOff() : instance.machine.shutDown();
    void this.after(off, this.timings.stopping).then(() => {
      if (instance.state !== 'stopping') return;
      this.enter(instance, 'stopped');
      instance.publicAddress = null;
    });
  }

  terminate(instance: Instance, reason: Reason): void {
    if (instance.state === 'shutting-down' || instance.state === 'terminated') return;
    this.enter(instance, 'shutting-down');
    instance.reason = REASONS[reason];
    void this.after(instance.machine.shutDown(), this.timings.shuttingDown).then(() => this.bury(instance));
  }

  /** A machine that switched itself off: what that means was said at its launch. */
  poweredOff(instance: Instance): void {
    if (instance.state !== 'running') return;
    if (instance.shutdownBehavior === 'terminate' || instance.spot?.persistent === false)
      this.terminate(instance, 'instance');
    else this.stop(instance, 'instance');
  }

  /** Announces the end of a spot instance, which then comes. */
  interrupt(instance: Instance): void {
    if (instance.state !== 'running' || instance.interruptionAt !== null) return;
    instance.interruptionAt = new Date(this.clock.now() + this.timings.spotNotice);
    this.clock.after(this.timings.spotNotice, () => {
      if (instance.state === 'running') this.terminate(instance, 'spot');
    });
  }

  private async bury(instance: Instance): Promise<void> {
    await instance.machine.remove();
    this.enter(instance, 'terminated');
    instance.publicAddress = null;
    instance.subnet.free += 1;
    for (const volume of instance.volumes) {
      if (volume.attachment?.deleteOnTermination === true) this.region.volumes.delete(volume.id);
      volume.attachment = null;
    }
    this.clock.after(this.timings.terminatedShown, () => this.region.instances.delete(instance.id));
  }

  private enter(instance: Instance, state: InstanceState): void {
    instance.state = state;
    instance.stateSince = this.clock.now();
  }

  private async after(work: Promise<void>, leastMs: number): Promise<void> {
    await Promise.all([work, new Promise<void>((resolve) => void this.clock.after(leastMs, resolve))]);
  }
}

/** Addresses of the loopback network, which leads all of them to this host. */
function nextPublicAddress(): string {
  lastPublicHost = (lastPublicHost % 65_000) + 1;
  return `127.16.${Math.floor(lastPublicHost / 250)}.${(lastPublicHost % 250) + 1}`;
}
