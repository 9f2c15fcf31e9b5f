import {
  afterNextRender,
  ChangeDetectionStrategy,
  Component,
  computed,
  effect,
  inject,
  Injector,
  input,
  signal,
  untracked,
} from '@angular/core';
import { MatMenuModule } from '@angular/material/menu';
import { Router, RouterLink } from '@angular/router';
import type { RunView } from '@mle/protocol';
import { shownChange } from '@mle/protocol/shown-change';
import { RunArtifacts } from '../../artifacts/run-artifacts';
import { RunCode } from '../../artifacts/run-code';
import { RunFilesStore } from '../../artifacts/run-files-store';
import { Clock } from '../../core/clock';
import { curlCommand } from '../../core/curl';
import { duration, elapsed } from '../../core/format';
import { PageTitle } from '../../core/page-title';
import { RequestError, sentence } from '../../core/problem';
import { isActive } from '../../core/protocol-values';
import { Toasts } from '../../core/toasts';
import { FilesStore } from '../../files/files-store';
import { RunFailure } from '../../launch/run-failure';
import { FoundNames } from '../../metrics/found-names';
import { RunCharts } from '../../metrics/run-charts';
import { RunResources } from '../../metrics/run-resources';
import { OutputPane } from '../../output/output-pane';
import type { SourcePlace } from '../../output/source-place';
import { ProjectsStore } from '../../projects/projects-store';
import { RunActions } from '../../runs/run-actions';
import { RunActivity } from '../../runs/run-activity';
import { RunNotes } from '../../runs/run-notes';
import { RunParameters } from '../../runs/run-parameters';
import { requestOf } from '../../runs/run-request';
import { RunTimeline } from '../../runs/run-timeline';
import { outcome, runTime, runTitle } from '../../runs/run-words';
import { RunsStore } from '../../runs/runs-store';
import { Icon } from '../../ui/icon';
import { Notice } from '../../ui/notice';
import { RovingFocus, RovingItem } from '../../ui/roving-focus';
import { StateChip } from '../../ui/state-chip';
import { stateWord } from '../../ui/state-icon';
import { OpenPlace } from '../../workbench/open-place';

const TABS = [
  { key: 'output', label: 'Output' },
  { key: 'graphs', label: 'Graphs' },
  { key: 'found', label: 'Found' },
  { key: 'parameters', label: 'Parameters' },
  { key: 'code', label: 'Code' },
  { key: 'artifacts', label: 'Artifacts' },
  { key: 'resources', label: 'Resources' },
] as const;
type TabKey = (typeof TABS)[number]['key'];
/** The parts that each attempt has for itself. */
const OF_ATTEMPT: ReadonlySet<TabKey> = new Set(['output', 'graphs', 'found', 'resources']);

/** One run: what it is, how it went, what it printed. */
@Component({
  selector: 'mle-run-page',
  imports: [
    FoundNames,
    Icon,
    Notice,
    MatMenuModule,
    OutputPane,
    RouterLink,
    RovingFocus,
    RovingItem,
    RunArtifacts,
    RunCharts,
    RunCode,
    RunFailure,
    RunNotes,
    RunParameters,
    RunResources,
    RunTimeline,
    StateChip,
  ],
  providers: [RunFilesStore],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './run-page.html',
  styleUrl: './run-page.scss',
})
export class RunPage {
  /** Of the address. */
  readonly id = input.required<string>();
  /** Of the address: the line that it points at. */
  readonly line = input<string>();
  /** Of the address: the part that is shown. */
  readonly tab = input<string>();
  /** Of the address: an earlier attempt. */
  readonly attempt = input<string>();
  private readonly store = inject(RunsStore);
  private readonly clock = inject(Clock);
  private readonly activity = inject(RunActivity);
  private readonly router = inject(Router);
  private readonly files = inject(RunFilesStore);
  private readonly toasts = inject(Toasts);
  private readonly projectFiles = inject(FilesStore);
  private readonly places = inject(OpenPlace);
  protected readonly actions = inject(RunActions);
  protected readonly run = computed(() => this.store.get(this.id()));
  private readonly loaded = computed(() => this.run() !== null);
  protected readonly failure = signal<{ gone: boolean; text: string } | null>(null);
  protected readonly title = computed(() =>
    this.run() ? runTitle(this.run() as NonNullable<ReturnType<typeof this.run>>) : '',
  );
  protected readonly active = computed(() => isActive(this.run()?.state ?? 'succeeded'));
  protected readonly time = computed(() => {
    const run = this.run();
    const time = run ? runTime(run, this.clock.now()) : null;
    return time === null ? null : this.active() ? elapsed(time) : duration(time);
  });
  protected readonly words = computed(() => {
    const run = this.run();
    if (!run) return '';
    // Success is quiet: nobody looks for `exit 0`.
    if (run.state === 'succeeded') return run.reason ?? '';
    return isActive(run.state) && run.state !== 'running' ? this.activity.of(run) : outcome(run);
  });
  protected readonly stateWord = stateWord;
  protected readonly tabs = TABS;
  protected readonly shownTab = computed<TabKey>(() => TABS.find(({ key }) => key === this.tab())?.key ?? 'output');
  /** The parts show this attempt; null: they follow the latest. */
  protected readonly earlier = computed(() => {
    const run = this.run();
    return run?.attempts.find(({ n }) => String(n) === this.attempt() && n !== run.attempt)?.n ?? null;
  });
  protected readonly ofAttempt = computed(() => OF_ATTEMPT.has(this.shownTab()));
  protected readonly changes = computed(() => this.run()?.changes.map(shownChange) ?? []);
  protected readonly hasNumbers = computed(
    () => Object.keys({ ...this.run()?.metrics, ...this.run()?.finals }).length > 0,
  );
  protected readonly artifactCount = computed(() => this.files.artifacts()?.items.length ?? 0);
  protected readonly lineNumber = computed(() =>
    /^[1-9]\d{0,8}$/.test(this.line() ?? '') ? Number(this.line()) : null,
  );

  /** Of the project that is open: the files of others are not on the page. */
  protected readonly fileOf = computed(() =>
    this.run()?.projectId === this.projectFiles.projectId() ? (path: string) => this.projectFiles.named(path) : null,
  );

  constructor() {
    const title = inject(PageTitle);
    const injector = inject(Injector);
    effect(() => {
      // On a phone the row of tabs is wider than the screen.
      const id = `tab-${this.shownTab()}`;
      if (this.loaded())
        afterNextRender(() => document.getElementById(id)?.scrollIntoView({ block: 'nearest', inline: 'nearest' }), {
          injector,
        });
    });
    effect(() => {
      const id = this.id();
      untracked(() => {
        void this.load();
        this.files.open(id);
      });
    });
    effect(() => {
      const run = this.run();
      if (run) title.set(`#${run.number} ${runTitle(run)}`);
    });
    const projects = inject(ProjectsStore);
    const ofRun = computed(() => projects.get(this.run()?.projectId ?? '')?.id ?? null);
    effect(() => {
      // The bar names the project of the run, and the places in its output are of that project.
      const id = ofRun();
      if (id !== null) untracked(() => projects.open(id));
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

  /** With the run before, if there is one. */
  protected comparison(run: RunView): { runs: string } {
    return { runs: [run.before?.id, run.id].filter(Boolean).join(',') };
  }

  protected async rerun(files: 'snapshot' | 'current'): Promise<void> {
    const run = this.run();
    if (!run) return;
    const [next] = await this.actions.rerun([run], files);
    if (next) await this.router.navigate(['/runs', next.id]);
  }

  protected show(tab: TabKey, attempt = this.earlier()): void {
    void this.router.navigate([], { queryParams: { tab: tab === 'output' ? null : tab, attempt }, replaceUrl: true });
  }

  protected showAttempt(n: number): void {
    this.show(this.shownTab(), n === this.run()?.attempt ? null : n);
  }

  protected async copy(what: 'curl' | 'id'): Promise<void> {
    const run = this.run();
    if (!run) return;
    const text = what === 'id' ? run.id : curlCommand('POST', `${location.origin}/api/v1/runs`, requestOf(run));
    try {
      await navigator.clipboard.writeText(text);
      this.toasts.show(
        what === 'id' ? 'Copied the id of the run' : 'Copied the command. It reads your token from MLE_TOKEN.',
        { icon: 'copy' },
      );
    } catch {
      this.toasts.error('Nothing was copied: the browser gives no access to the clipboard here.');
    }
  }

  protected openPlace(place: SourcePlace): void {
    const run = this.run();
    if (run) this.places.open({ projectId: run.projectId, ...place });
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
    const tab = this.shownTab() === 'found' ? 'found' : null;
    void this.router.navigate([], { queryParams: { line, tab, attempt: this.earlier() }, replaceUrl: true });
  }
}
