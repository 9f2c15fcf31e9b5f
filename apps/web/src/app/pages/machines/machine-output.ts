import {
  ChangeDetectionStrategy,
  Component,
  computed,
  DestroyRef,
  effect,
  inject,
  input,
  linkedSignal,
  signal,
  untracked,
} from '@angular/core';
import { RouterLink } from '@angular/router';
import type { RunView } from '@mle/protocol';
import { sentence } from '../../core/problem';
import { isActive } from '../../core/protocol-values';
import { OutputColumns } from '../../output/output-columns';
import type { OutputFeed } from '../../output/output-feed';
import { OutputFeeds } from '../../output/output-feeds';
import { runTitle } from '../../runs/run-words';
import { RunsApi } from '../../runs/runs-api';
import { RunsStore } from '../../runs/runs-store';
import { Icon } from '../../ui/icon';
import { StateChip } from '../../ui/state-chip';

/** The latest may still wait. */
const LATEST = 10;

/** What the run on a machine prints, or printed last. */
@Component({
  selector: 'mle-machine-output',
  imports: [Icon, OutputColumns, RouterLink, StateChip],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    @if (run(); as shown) {
      <p class="run">
        <a [routerLink]="['/runs', shown.id]">#{{ shown.number }} {{ title(shown) }}</a
        ><mle-state-chip [state]="shown.state" />
        @for (other of others(); track other.id) {
          <button type="button" class="btn link" (click)="chosen.set(other.id)">
            Show #{{ other.number }} {{ title(other) }}
          </button>
        }
      </p>
      @if (feed(); as source) {
        <mle-output-columns [feed]="source" [number]="shown.number" />
      }
    } @else if (error(); as text) {
      <div class="empty">
        <mle-icon name="alert" />
        <h3>The runs of this machine could not be loaded</h3>
        <p>{{ text }}</p>
      </div>
    } @else if (loaded()) {
      <div class="empty">
        <mle-icon name="terminal" />
        <h3>None of your runs was here yet</h3>
        <p>What a run prints on this machine appears here.</p>
      </div>
    }
  `,
  styles: `
    :host {
      display: flex;
      flex-direction: column;
      min-height: 0;
    }
    .run {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: 4px 8px;
      padding: 6px 12px;
      border-bottom: 1px solid var(--border);
    }
    mle-output-columns,
    .empty {
      flex: 1;
    }
  `,
})
export class MachineOutput {
  readonly machineId = input.required<string>();
  private readonly store = inject(RunsStore);
  private readonly api = inject(RunsApi);
  private readonly feeds = inject(OutputFeeds);
  protected readonly loaded = signal(false);
  protected readonly error = signal<string | null>(null);
  protected readonly feed = signal<OutputFeed | null>(null);
  private readonly here = computed(() =>
    this.store.all().filter((run) => run.machineId === this.machineId() && run.startedAt !== null),
  );
  private readonly running = computed(() => this.here().filter((run) => isActive(run.state)));
  /** Of several that run at once, the one that the reader asked for. */
  protected readonly chosen = linkedSignal<string, string | null>({ source: this.machineId, computation: () => null });
  /** What runs there, else what ran last. */
  protected readonly run = computed<RunView | null>(
    () => this.running().find(({ id }) => id === this.chosen()) ?? this.running()[0] ?? this.here()[0] ?? null,
  );
  protected readonly others = computed(() => this.running().filter((run) => run !== this.run()));
  protected readonly title = runTitle;

  constructor() {
    effect(() => {
      const id = this.machineId();
      untracked(() => void this.load(id));
    });
    const runId = computed(() => this.run()?.id ?? null);
    let opened: OutputFeed | null = null;
    effect(() => {
      const id = runId();
      untracked(() => {
        opened?.close();
        opened = id ? this.feeds.get(id) : null;
        opened?.open();
        this.feed.set(opened);
      });
    });
    inject(DestroyRef).onDestroy(() => opened?.close());
  }

  private async load(machineId: string): Promise<void> {
    this.error.set(null);
    try {
      const page = await this.api.list({ machineId, limit: LATEST });
      this.store.put(...page.items);
      this.loaded.set(true);
    } catch (error) {
      this.error.set(sentence(error));
    }
  }
}
