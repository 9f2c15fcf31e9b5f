import { NgTemplateOutlet } from '@angular/common';
import {
  afterNextRender,
  ChangeDetectionStrategy,
  Component,
  computed,
  DestroyRef,
  effect,
  type ElementRef,
  inject,
  Injector,
  input,
  output,
  signal,
  untracked,
  viewChild,
} from '@angular/core';
import { RouterLink } from '@angular/router';
import type { RunView } from '@mle/protocol';
import { Clock } from '../../core/clock';
import { comboOf } from '../../core/hotkeys';
import { isActive } from '../../core/protocol-values';
import { Icon } from '../../ui/icon';
import { StateChip } from '../../ui/state-chip';
import { SweepsStore } from '../../vary/sweeps-store';
import { ListLeft } from './list-left';
import { drawn, RowWindow } from './row-window';
import type { RunColumn } from './run-columns';
import { RunCurves } from './run-curves';
import { RunFoldRow } from './run-fold-row';
import { type RunLine, RunLines } from './run-lines';
import type { RunFold, RunRow } from './run-rows';
import { nextSort } from './runs-choice';
import { cellLengths, widestRows } from './widest-rows';

/** Scrolled further than this, the list is not at its top. */
const TOP_PX = 24;
/** Rows from the end at which the next ones are asked for. */
const AHEAD = 8;
/** How often the small curve of a run on its way is read again. */
const CURVE_EVERY_MS = 10_000;

/** What is drawn of the list; `at` is the place among all rows, and null of a row that only gives the columns their widths. */
type Part = { id: string } & (
  | { kind: 'gap'; px: number }
  | { kind: 'fold'; at: number | null; fold: RunFold; open: boolean }
  | ({ kind: 'run'; at: number | null; inFold: boolean } & RunLine)
);

/** The list of runs: one row each, chosen by their boxes, walked through by keys. Only rows in sight are drawn. */
@Component({
  selector: 'mle-runs-table',
  imports: [Icon, NgTemplateOutlet, RouterLink, RunFoldRow, StateChip],
  providers: [RunCurves],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './runs-table.html',
  styleUrl: './runs-table.scss',
})
export class RunsTable {
  readonly items = input.required<readonly RunRow[]>();
  readonly shown = input.required<ReadonlySet<RunColumn>>();
  readonly chosen = input.required<ReadonlySet<string>>();
  /** The metric of the two columns, or null without one. */
  readonly metric = input<string | null>(null);
  /** The project stands with each run. */
  readonly ofAllProjects = input(false);
  /** Where the rows go on that are not loaded yet. */
  readonly cursor = input<string | null>(null);
  /** The columns of knobs. */
  readonly knobs = input<readonly string[]>([]);
  readonly sort = input.required<string>();
  readonly sorted = output<string>();
  readonly choose = output<{ id: string; on: boolean; range: boolean }>();
  readonly chooseFold = output<{ fold: RunFold; on: boolean }>();
  readonly chooseAll = output<boolean>();
  readonly toggled = output<RunFold>();
  readonly loadMore = output();
  /** Whether the first row can be seen. */
  readonly atTop = output<boolean>();

  private readonly clock = inject(Clock);
  private readonly lines = inject(RunLines);
  private readonly sweeps = inject(SweepsStore);
  private readonly left = inject(ListLeft);
  private readonly injector = inject(Injector);
  protected readonly curves = inject(RunCurves);
  private readonly body = viewChild.required<ElementRef<HTMLElement>>('body');
  private readonly head = viewChild.required<ElementRef<HTMLElement>>('head');
  private readonly window = new RowWindow();
  private readonly wasAtTop = signal(true);
  private readonly place = signal<string | null>(null);
  private readonly placeAt = computed(() => this.indexOf(this.place()));
  private readonly runs = computed(() => this.items().flatMap(({ run }) => run ?? []));
  private readonly projectId = computed(() => {
    const [first] = this.items();
    return (first?.run ?? first?.fold?.first)?.projectId;
  });
  /** Said only where it is known which way is better. */
  protected readonly bestShown = computed(() => {
    const name = this.metric();
    return name !== null && this.shown().has('best') && this.lines.direction(this.projectId(), name) !== null;
  });
  /** The columns ahead of and behind the knobs that the list can be sorted by. */
  protected readonly knobsShown = computed(() => (this.shown().has('knobs') ? this.knobs() : []));
  /** Of the runs shown that are over, ties too. */
  private readonly bests = computed(() => this.lines.bests(this.runs(), this.metric()));
  private readonly range = computed(() => this.window.range(this.items().length), {
    equal: (a, b) => a.from === b.from && a.to === b.to,
  });
  private readonly lengthsOf = computed(() => {
    const [known, knobs, metric] = [new WeakMap<RunView, number[]>(), this.knobsShown(), this.metric()];
    return (run: RunView): number[] => {
      const lengths = known.get(run) ?? cellLengths(run, knobs, metric);
      known.set(run, lengths);
      return lengths;
    };
  });
  private readonly widest = computed(() => {
    const kindOf = ({ sweepId }: RunView): string => this.sweeps.get(sweepId)?.knob ?? 'dial';
    return widestRows(this.items(), this.lengthsOf(), kindOf);
  });
  protected readonly parts = computed(() => {
    const [items, range] = [this.items(), this.range()];
    const rows = drawn(items.length, range, this.placeAt()).flatMap((part, nth): Part[] => {
      if ('gap' in part) return [{ id: `gap ${nth}`, kind: 'gap', px: this.window.topOf(part.gap) }];
      const item = items[part.row];
      return item ? [this.part(item, part.row)] : [];
    });
    return range.to - range.from < items.length ? [...this.widest().map((row) => this.part(row, null)), ...rows] : rows;
  });
  protected readonly count = computed(() => this.items().filter((item) => this.chosenOf(item) > 0).length);
  protected readonly allChosen = computed(() =>
    this.items().every((item) => this.chosenOf(item) === (item.fold ? item.fold.runs.length : 1)),
  );

  /** The numbers of a run on its way ask for nothing; its curve grows at each turn of the clock. */
  private readonly curvesAsked = computed(
    () => {
      const [name, turn] = [this.metric(), Math.floor(this.clock.now() / CURVE_EVERY_MS)];
      if (name === null || !this.shown().has('last')) return { name: '', versions: [] };
      const { from, to } = this.range();
      const runs = this.items()
        .slice(from, to)
        .flatMap(({ run }) => run ?? []);
      const printed = runs.filter(({ metrics }) => metrics[name] !== undefined);
      const versionOf = (state: RunView['state']): string => (isActive(state) ? String(turn) : state);
      return { name, versions: printed.map(({ id, state }) => ({ id, version: versionOf(state) })) };
    },
    { equal: (a, b) => JSON.stringify(a) === JSON.stringify(b) },
  );
  /** Where the rows go on, once the end of those that are here comes near. */
  private readonly wanted = computed(() => (this.range().to > this.items().length - AHEAD ? this.cursor() : null));

  constructor() {
    effect(() => {
      const { name, versions } = this.curvesAsked();
      void this.curves.load(name, versions);
    });
    effect(() => {
      if (this.wanted() !== null) untracked(() => this.loadMore.emit());
    });
    const destroyed = inject(DestroyRef);
    afterNextRender(() => {
      const body = this.body().nativeElement;
      const sizes = new ResizeObserver(() => this.look());
      sizes.observe(body);
      // A listener of the template would have the whole list checked at each turn of the wheel.
      body.addEventListener('scroll', () => this.look(), { passive: true });
      destroyed.onDestroy(() => sizes.disconnect());
      const { top } = this.left;
      this.look();
      const at = this.indexOf(top?.id ?? null);
      if (at === -1) return;
      body.scrollTop = this.window.topOf(at) + (top?.over ?? 0);
      this.look();
    });
  }

  /** The row that the keys act on. */
  focused(): RunRow | null {
    return this.items()[this.placeAt()] ?? null;
  }

  move(by: number): void {
    const items = this.items();
    const at = this.placeAt();
    const next = items[Math.max(0, Math.min(items.length - 1, at === -1 ? 0 : at + by))];
    if (next) this.focus(next.id);
  }

  focus(id: string): void {
    this.place.set(id);
    const body = this.body().nativeElement;
    const room = body.clientHeight - this.head().nativeElement.offsetHeight;
    body.scrollTop = this.window.scrollTo(Math.max(0, this.placeAt()), body.scrollTop, room);
    this.look();
    if (!this.focusDrawn(id)) afterNextRender(() => this.focusDrawn(id), { injector: this.injector });
  }

  toTop(): void {
    this.body().nativeElement.scrollTo({ top: 0 });
  }

  protected onFocus(id: string): void {
    this.place.set(id);
  }

  /** Of a row; the list itself is scrolled by the browser. */
  protected onKey(event: KeyboardEvent): void {
    const act = this.keys[comboOf(event)];
    if (!act || !(event.target instanceof Element) || !event.target.closest('tbody')) return;
    event.preventDefault();
    act();
  }

  private readonly keys: Record<string, () => void> = {
    ArrowDown: () => this.move(1),
    ArrowUp: () => this.move(-1),
    Home: () => this.move(-Infinity),
    End: () => this.move(Infinity),
    'Ctrl+A': () => this.chooseAll.emit(true),
  };

  private focusDrawn(id: string): boolean {
    const rows = [...this.body().nativeElement.querySelectorAll<HTMLElement>('[data-row]')];
    const row = rows.find(({ dataset }) => dataset['row'] === id);
    row?.querySelector<HTMLElement>('.c-run :is(a, button)')?.focus({ preventScroll: true });
    return row !== undefined;
  }

  /** Which rows are in sight now. */
  private look(): void {
    const body = this.body().nativeElement;
    const row = body.querySelector('[data-row]');
    this.window.measure(body.scrollTop, body.clientHeight, row?.getBoundingClientRect().height ?? 0);
    const { row: first, over } = this.window.at(body.scrollTop);
    const id = this.items()[first]?.id;
    this.left.top = id === undefined ? null : { id, over };
    const atTop = body.scrollTop < TOP_PX;
    if (atTop === this.wasAtTop()) return;
    this.wasAtTop.set(atTop);
    this.atTop.emit(atTop);
  }

  private indexOf(id: string | null): number {
    return id === null ? -1 : this.items().findIndex((item) => item.id === id);
  }

  private chosenOf({ run, fold }: RunRow): number {
    return (fold?.runs ?? [run]).filter((each) => each !== null && this.chosen().has(each.id)).length;
  }

  private part(row: RunRow, at: number | null): Part {
    const id = at === null ? `widest ${row.id}` : row.id;
    if (row.fold) return { id, kind: 'fold', at, fold: row.fold, open: row.open };
    const columns = { metric: this.metric(), knobs: this.knobsShown(), bests: this.bests() };
    return { id, kind: 'run', at, inFold: row.inFold, ...this.lines.of(row.run, columns) };
  }

  protected ariaSort(field: string): 'ascending' | 'descending' | null {
    const sort = this.sort();
    return sort.replace(/^-/, '') !== field ? null : sort.startsWith('-') ? 'descending' : 'ascending';
  }

  /** Of a metric the better ones come first. */
  protected sortBy(field: string): void {
    const name = this.metric() ?? '';
    const high = field.startsWith('metrics.') && this.lines.direction(this.projectId(), name) === 'higher';
    this.sorted.emit(nextSort(this.sort(), field, high || field === 'createdAt' ? '-' : ''));
  }
}
