import { ChangeDetectionStrategy, Component, computed, effect, inject, input, signal, untracked } from '@angular/core';
import { Title } from '@angular/platform-browser';
import { Router, RouterLink } from '@angular/router';
import { Clock } from '../core/clock';
import { duration, elapsed } from '../core/format';
import { RequestError, sentence } from '../core/problem';
import { isActive } from '../core/protocol-values';
import { OutputPane } from '../output/output-pane';
import { Icon } from '../ui/icon';
import { StateChip } from '../ui/state-chip';
import { RunActions } from './run-actions';
import { RunTimeline } from './run-timeline';
import { activity, outcome, runTime, runTitle } from './run-words';
import { RunsStore } from './runs-store';

/** One run: what it is, how it went, what it printed. */
@Component({
  selector: 'mle-run-page',
  imports: [Icon, OutputPane, RouterLink, RunTimeline, StateChip],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './run-page.html',
  styleUrl: './run-page.scss',
})
export class RunPage {
  /** Of the address. */
  readonly id = input.required<string>();
  /** Of the address: the line that it points at. */
  readonly line = input<string>();
  private readonly store = inject(RunsStore);
  private readonly clock = inject(Clock);
  private readonly router = inject(Router);
  protected readonly actions = inject(RunActions);
  protected readonly run = computed(() => this.store.get(this.id()));
  protected readonly failure = signal<{ gone: boolean; text: string } | null>(null);
  protected readonly title = computed(() => (this.run() ? runTitle(this.run() as NonNullable<ReturnType<typeof this.run>>) : ''));
  protected readonly active = computed(() => isActive(this.run()?.state ?? 'succeeded'));
  protected readonly time = computed(() => {
    const run = this.run();
    const time = run ? runTime(run, this.clock.now()) : null;
    return time === null ? null : this.active() ? elapsed(time) : duration(time);
  });
  protected readonly words = computed(() => {
    const run = this.run();
    if (!run) return '';
    return isActive(run.state) && run.state !== 'running' ? activity(run, this.store.progress(run.id), this.clock.now()) : outcome(run);
  });
  protected readonly params = computed(() => Object.entries(this.run()?.params ?? {}));
  protected readonly lineNumber = computed(() => (/^[1-9]\d{0,8}$/.test(this.line() ?? '') ? Number(this.line()) : null));

  constructor() {
    const title = inject(Title);
    effect(() => {
      this.id();
      untracked(() => void this.load());
    });
    effect(() => {
      const run = this.run();
      if (run) title.setTitle(`#${run.number} ${runTitle(run)} · ML Experimenter`);
    });
  }

  protected async load(): Promise<void> {
    this.failure.set(null);
    try {
      await this.store.refresh(this.id());
    } catch (error) {
      const gone = error instanceof RequestError && (error.status === 404 || error.status === 400);
      this.failure.set({ gone, text: sentence(error) });
    }
  }

  protected async rerun(): Promise<void> {
    const run = this.run();
    if (!run) return;
    const [next] = await this.actions.rerun([run]);
    if (next) await this.router.navigate(['/runs', next.id]);
  }

  protected stop(): void {
    const run = this.run();
    if (run) void this.actions.stop([run]);
  }

  protected remove(): void {
    const run = this.run();
    if (!run) return;
    this.actions.remove([run]);
    void this.router.navigateByUrl('/runs');
  }

  /** The address of this very line, to be copied or sent. */
  protected linkTo(line: number): void {
    void this.router.navigate([], { queryParams: { line }, replaceUrl: true });
  }
}
