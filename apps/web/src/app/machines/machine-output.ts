import { ChangeDetectionStrategy, Component, DestroyRef, computed, effect, inject, input, signal, untracked } from '@angular/core';
import { RouterLink } from '@angular/router';
import type { RunView } from '@mle/protocol';
import { sentence } from '../core/problem';
import { OutputColumns } from '../output/output-columns';
import type { OutputFeed } from '../output/output-feed';
import { OutputFeeds } from '../output/output-feeds';
import { runTitle } from '../runs/run-words';
import { RunsApi } from '../runs/runs-api';
import { RunsStore } from '../runs/runs-store';
import { Icon } from '../ui/icon';
import { StateChip } from '../ui/state-chip';

/** What the run on a machine prints, or printed last. */
@Component({
  selector: 'mle-machine-output',
  imports: [Icon, OutputColumns, RouterLink, StateChip],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    @if (run(); as shown) {
      <p class="run"><a [routerLink]="['/runs', shown.id]">#{{ shown.number }} {{ title(shown) }}</a><mle-state-chip [state]="shown.state" /></p>
      @if (feed(); as source) {
        <mle-output-columns [feed]="source" [number]="shown.number" />
      }
    } @else if (error(); as text) {
      <div class="empty"><mle-icon name="alert" /><h3>The runs of this machine could not be loaded</h3><p>{{ text }}</p></div>
    } @else if (loaded()) {
      <div class="empty"><mle-icon name="terminal" /><h3>None of your runs was here yet</h3><p>What a run prints on this machine appears here.</p></div>
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
      align-items: center;
      gap: 8px;
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
  protected readonly run = computed<RunView | null>(() => this.store.all().find((run) => run.machineId === this.machineId()) ?? null);
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
      const page = await this.api.list({ machineId, limit: 1 });
      page.items.forEach((run) => this.store.put(run));
      this.loaded.set(true);
    } catch (error) {
      this.error.set(sentence(error));
    }
  }
}
