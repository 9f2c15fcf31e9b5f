import { ChangeDetectionStrategy, Component, computed, inject, signal } from '@angular/core';
import { MatDialogRef } from '@angular/material/dialog';
import type { AwsReach, Budget, InstanceProvider, InstanceType, InstanceTypes, Way } from '@mle/protocol';
import { plural } from '../../core/format';
import { type RequestError, sentence, toRequestError } from '../../core/problem';
import { DISK_GB } from '../../core/protocol-values';
import { alternativesTo, dollars, isEnded, mostOf, precise } from '../../instances/instance-words';
import { InstancesApi } from '../../instances/instances-api';
import { InstancesStore } from '../../instances/instances-store';
import { PoolsStore } from '../../pools/pools-store';
import { Icon } from '../../ui/icon';
import { Notice } from '../../ui/notice';

const LIFETIMES = [1, 3, 8, 24, 72];
/** Those that most use; any other can be typed. */
const REGIONS = [
  ...['us-east-1', 'us-east-2', 'us-west-2', 'ca-central-1', 'sa-east-1'],
  ...['eu-central-1', 'eu-west-1', 'eu-west-2', 'eu-west-3', 'eu-north-1'],
  ...['ap-south-1', 'ap-southeast-1', 'ap-southeast-2', 'ap-northeast-1', 'ap-northeast-2'],
];
const IDLE = [15, 30, 60, 240];

/** Asks what to launch; says before the click how it ends and what it costs. */
@Component({
  selector: 'mle-launch-dialog',
  imports: [Icon, Notice],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './launch-dialog.html',
  styleUrl: './launch-dialog.scss',
})
export class LaunchDialog {
  protected readonly ref = inject<MatDialogRef<LaunchDialog>>(MatDialogRef);
  private readonly api = inject(InstancesApi);
  protected readonly store = inject(InstancesStore);
  protected readonly pools = inject(PoolsStore);
  protected readonly provider = signal<InstanceProvider>('local');
  protected readonly cloud = computed(() => this.provider() === 'aws');
  protected readonly offer = signal<InstanceTypes | null>(null);
  protected readonly types = computed(() => this.offer()?.items ?? []);
  protected readonly buy = signal('on-demand');
  protected readonly reach = signal<AwsReach | null>(null);
  /** Null: what the server proposes. */
  protected readonly chosenWay = signal<Way | null>(null);
  protected readonly way = computed(() => this.chosenWay() ?? this.reach()?.way ?? 'join');
  protected readonly addressFailure = signal<string | null>(null);
  protected readonly diskGb = signal<number>(DISK_GB);
  protected readonly ownImage = signal('');
  protected readonly budget = signal<Budget | null>(null);
  protected readonly type = signal<string | null>(null);
  /** Those that could be taken where the chosen type is not to be had, and those that a person allows. */
  protected readonly others = computed(() => {
    const chosen = this.types().find(({ type }) => type === this.type());
    return this.cloud() && chosen ? alternativesTo(this.types(), chosen) : [];
  });
  private readonly ticked = signal<ReadonlySet<string>>(new Set());
  protected readonly allowed = computed(() => this.others().filter(({ type }) => this.ticked().has(type)));
  protected readonly count = signal(1);
  protected readonly hours = signal(3);
  protected readonly idle = signal<number | null>(15);
  protected readonly busy = signal(false);
  protected readonly loading = signal<string | null>(null);
  protected readonly failure = signal<RequestError | null>(null);
  protected readonly lifetimes = LIFETIMES;
  protected readonly idleTimes = IDLE;
  protected readonly regions = REGIONS;
  /** Empty: that of the settings. */
  private readonly region = signal('');
  protected readonly ownRegion = computed(() => this.offer()?.region ?? '');
  /** How prices come about where the table has none. */
  protected readonly ofRegion = computed(() => {
    const { factor = 1 } = this.offer() ?? {};
    return factor === 1 ? '' : ` of us-east-1 × ${factor}, as the dearest region has`;
  });
  protected readonly plural = plural;
  protected readonly dollars = dollars;
  protected readonly atMost = computed(() => {
    const offer = this.offer();
    const chosen = [...this.types().filter(({ type }) => type === this.type()), ...this.allowed()];
    const most = chosen.map((each) =>
      offer ? mostOf(offer, each, this.hours(), this.cloud() ? this.diskGb() : 0) * this.count() : 0,
    );
    return dollars(Math.max(0, ...most));
  });
  protected readonly hint = computed(() => {
    if (!this.cloud())
      return 'Further workers on this computer, each with a queue, a pool and an end of its own. They share its memory and its GPUs.';
    return this.store.simulated()
      ? 'Simulated: EC2 is a simulation here, and nothing costs anything.'
      : 'Machines of your AWS account, which cost money until they end. They connect by themselves.';
  });
  protected readonly living = computed(() => this.store.list().filter((instance) => !isEnded(instance)).length);
  protected readonly room = computed(() => Math.max(1, (this.budget()?.instances ?? 1) - this.living()));
  protected readonly ends = computed(() => {
    const idle = this.idle();
    const rest = idle === null ? '' : ` It stops after ${idle} idle minutes, and can be started again.`;
    if (this.cloud()) {
      const spot = idle === null || this.buy() === 'on-demand' ? rest : ` After ${idle} idle minutes too.`;
      return `It is terminated after ${this.hoursOf(this.hours())}, even if this page is closed or the server is away.${spot} Stopped, its disk still costs.`;
    }
    return `It is terminated after ${this.hoursOf(this.hours())}, even if this page is closed.${rest} It ends with this server by Ctrl-C, and comes back with its next start.`;
  });
  /** A second click, or a second try after a lost answer, launches nothing more. */
  private key = crypto.randomUUID();

  constructor() {
    const [first = 'local'] = this.store.providers();
    void this.choose(first);
  }

  protected othersWords(): string {
    const names = this.allowed().map(({ type }) => type);
    return names.length === 0 ? 'Another type where no zone has it' : `Where no zone has it, ${names.join(', ')}`;
  }

  protected words({ cpus, memoryGb, gpu }: InstanceType): string {
    const memory = this.cloud() ? `${memoryGb} GB` : `up to ${memoryGb} GB`;
    const gpus = gpu ? `, ${gpu.count > 1 ? `${gpu.count} × ` : ''}${gpu.name}, ${gpu.memoryGb} GB` : '';
    return `${plural(cpus, 'CPU')}, ${memory}${gpus}`;
  }

  protected priceOf({ pricePerHour, spotPerHour }: InstanceType): string {
    const onDemand = precise(pricePerHour);
    if (this.buy() === 'on-demand') return `${onDemand} per hour`;
    const spot = spotPerHour === null ? 'spot price unknown' : `${precise(spotPerHour)} as spot`;
    return this.buy() === 'either' ? `${spot}, else ${onDemand} per hour` : `${spot} per hour`;
  }

  /** Kept for all machines that are dialled; empty, and the server asks for it itself. */
  protected async setOwnAddress(address: string): Promise<void> {
    this.addressFailure.set(null);
    try {
      this.reach.set(await this.api.setOwnAddress(address.trim() || null));
    } catch (error) {
      this.addressFailure.set(toRequestError(error).field('ownAddress') ?? sentence(error));
    }
  }

  protected allow(type: string, yes: boolean): void {
    this.ticked.update((before) => new Set(yes ? [...before, type] : [...before].filter((each) => each !== type)));
  }

  protected moveTo(region: string): Promise<void> {
    this.region.set(region.trim());
    return this.choose(this.provider());
  }

  protected hoursOf(hours: number): string {
    return plural(hours, 'hour');
  }

  protected async launch(event: Event, name: string, poolId: string): Promise<void> {
    event.preventDefault();
    const type = this.type();
    if (this.busy() || type === null) return;
    this.busy.set(true);
    this.failure.set(null);
    try {
      const launched = await this.api.launch(
        {
          provider: this.provider(),
          type,
          ...(this.cloud() && {
            ...(this.region() && { region: this.region() }),
            ...(this.reach() && { way: this.way() }),
            buy: this.buy() === 'on-demand' ? ('on-demand' as const) : ('spot' as const),
            fallBack: this.buy() === 'either',
            diskGb: this.diskGb(),
            alternatives: this.allowed().map(({ type: other }) => other),
            ...(this.ownImage().trim() && { image: this.ownImage().trim() }),
          }),
          count: this.count(),
          lifetimeHours: this.hours(),
          idleMinutes: this.idle(),
          ...(name.trim() && { name: name.trim() }),
          ...(poolId && { poolId }),
        },
        this.key,
      );
      for (const instance of launched) this.store.put(instance);
      this.ref.close();
    } catch (error) {
      this.failure.set(toRequestError(error));
      // What was refused is another request once it is corrected.
      this.key = crypto.randomUUID();
    } finally {
      this.busy.set(false);
    }
  }

  protected async choose(provider: InstanceProvider): Promise<void> {
    this.provider.set(provider);
    this.offer.set(null);
    this.loading.set(null);
    try {
      const region = provider === 'aws' ? this.region() : '';
      const [offer, budget] = await Promise.all([this.api.types(provider, region), this.api.budget()]);
      if (this.provider() !== provider || (provider === 'aws' && this.region() !== region)) return;
      this.offer.set(offer);
      // The addresses of the server are for administrators: for others it chooses by itself.
      if (provider === 'aws' && this.reach() === null && this.store.left() === null)
        this.reach.set(await this.api.reach());
      this.budget.set(budget);
      const first = offer.items.find(({ freeTier }) => freeTier) ?? offer.items[0];
      if (!offer.items.some(({ type }) => type === this.type())) this.type.set(first?.type ?? null);
    } catch (error) {
      this.loading.set(sentence(error));
    }
  }
}
