import { computed, effect, inject, Injectable, linkedSignal, signal, untracked } from '@angular/core';
import type { ExtendSweep, Knob, ParamValue, RunView, SweepView } from '@mle/protocol';
import { metricDirection } from '@mle/protocol/metric-direction';
import { sentence } from '../core/problem';
import { Toasts } from '../core/toasts';
import { DocumentStore } from '../editor/document-store';
import { KnobsApi } from '../editor/knobs-api';
import { FilesStore } from '../files/files-store';
import { mainFamily, metricFamilies } from '../metrics/metric-families';
import { knobOf } from '../runs/knob-of';
import { RunsStore } from '../runs/runs-store';
import { type NewSweep, SweepsApi } from './sweeps-api';
import { SweepsStore } from './sweeps-store';
import { typedLimit, valuesInOrder } from './vary-values';

const SEEDS = 3;

/** What is being set up to be varied, and the Vary that is looked at. */
@Injectable({ providedIn: 'root' })
export class VaryStore {
  private readonly api = inject(SweepsApi);
  private readonly knobsApi = inject(KnobsApi);
  private readonly files = inject(FilesStore);
  private readonly documents = inject(DocumentStore);
  private readonly runs = inject(RunsStore);
  private readonly sweeps = inject(SweepsStore);
  private readonly toasts = inject(Toasts);
  /** The program whose panel is open. */
  readonly file = signal<string | null>(null);
  private readonly centreId = signal<string | null>(null);
  /** The run whose files and values the panel has in place of those of the project. */
  readonly centreRunId = this.centreId.asReadonly();
  readonly centre = computed(() => this.runs.get(this.centreId()));
  private readonly base = signal<NewSweep['base'] | null>(null);
  readonly knobs = signal<readonly Knob[]>([]);
  readonly loading = signal(false);
  readonly knob = signal<Knob | null>(null);
  readonly values = signal<readonly ParamValue[]>([]);
  readonly seeds = signal(SEEDS);
  /** A machine or a pool by its id; empty: any machine. */
  readonly place = signal('');
  readonly at = signal<'last' | 'best'>('last');
  /** As typed; empty: none. */
  readonly minutes = signal('');
  readonly dollars = signal('');
  readonly limitsOpen = signal(false);
  /** Null where one that is typed is none. */
  readonly limits = computed(() => {
    const [minutes, dollars] = [typedLimit(this.minutes()), typedLimit(this.dollars())];
    if (minutes === null || dollars === null) return null;
    return { ...(minutes !== undefined && { minutes }), ...(dollars !== undefined && { dollars }) };
  });
  readonly busy = signal(false);
  readonly error = signal<string | null>(null);
  private readonly shownId = signal<string | null>(null);
  /** The Vary that is looked at. */
  readonly shown = this.shownId.asReadonly();
  readonly sweep = computed(() => this.sweeps.get(this.shownId()));
  readonly ordered = computed(() => {
    const knob = this.knob();
    return knob ? valuesInOrder(knob, this.values()) : [];
  });
  readonly runCount = computed(() => this.ordered().length * this.seeds());
  /** The last run of the program that came to its end. */
  readonly like = computed(
    () => this.runs.ofProject().find(({ file, state }) => file === this.file() && state === 'succeeded') ?? null,
  );
  /** What it can be judged by. */
  readonly metrics = computed(() => Object.keys(this.like()?.metrics ?? {}));
  /** As typed; null: the main one, as soon as it is known. */
  private readonly judged = signal<string | null>(null);
  readonly metric = computed(
    () => this.judged() ?? mainFamily(metricFamilies(this.metrics()))?.members.at(-1)?.name ?? '',
  );
  readonly direction = linkedSignal<string, 'min' | 'max'>({
    source: this.metric,
    computation: (metric, before) => {
      const known = metricDirection(metric);
      return known === null ? (before?.value ?? 'min') : known === 'lower' ? 'min' : 'max';
    },
  });

  constructor() {
    effect(() => {
      this.files.projectId();
      untracked(() => {
        this.close();
        this.shownId.set(null);
      });
    });
  }

  /** Opens the panel for a program, on a knob if one is named, and with the files and values of a run. */
  async open(file: string, name: string | null = null, run: RunView | null = null): Promise<void> {
    this.file.set(file);
    this.centreId.set(run?.id ?? null);
    this.error.set(null);
    this.knob.set(null);
    this.judged.set(null);
    this.loading.set(true);
    const isWanted = () => this.file() === file && this.centreId() === (run?.id ?? null);
    try {
      // The places and values are those of the text as it is saved.
      if (run === null) await this.documents.saveAll();
      const inFile = await this.knobsApi.of(file, run?.id);
      const values = run && valuesOfRun(run, inFile);
      const knobs = values && Object.keys(values).length > 0 ? await this.knobsApi.of(file, run.id, values) : inFile;
      if (!isWanted()) return;
      this.base.set(run && { runId: run.id, params: { ...run.params, ...values }, args: run.args });
      this.knobs.set(knobs.filter(({ name: own }) => own !== 'seed'));
      this.choose(this.knobs().find((knob) => knob.name === name) ?? this.knobs()[0] ?? null);
    } catch (error) {
      if (!isWanted()) return;
      this.knobs.set([]);
      this.error.set(sentence(error));
    }
    this.loading.set(false);
  }

  /** Opens the panel for the file of a run of the open project, as that run had it. */
  async openOf(runId: string | null): Promise<void> {
    if (runId === null) return this.close();
    this.centreId.set(runId);
    try {
      const run = await this.runs.refresh(runId);
      if (this.centreId() !== runId) return;
      if (run.file !== null && run.projectId === this.files.projectId()) await this.open(run.file, null, run);
      else this.centreId.set(null);
    } catch (error) {
      if (this.centreId() === runId) this.centreId.set(null);
      this.toasts.error(`The run to vary was not found. ${sentence(error)}`);
    }
  }

  /** Shows a Vary of the open project that was made before, and its panel beside it; null: the output instead. */
  async show(id: string | null): Promise<void> {
    this.shownId.set(id);
    if (id === null) return;
    const projectId = this.files.projectId();
    try {
      const sweep = await this.api.get(id);
      if (this.shownId() !== id || this.files.projectId() !== projectId) return;
      if (sweep.projectId !== projectId) return this.shownId.set(null);
      this.sweeps.put(sweep);
      if (sweep.file !== null) await this.openLike(sweep.file, sweep);
    } catch (error) {
      if (this.shownId() !== id) return;
      this.shownId.set(null);
      this.toasts.error(`The Vary was not opened. ${sentence(error)}`);
    }
  }

  close(): void {
    this.file.set(null);
    this.centreId.set(null);
  }

  private async openLike(file: string, { id, knob, settings, seeds, goal, base, limits }: SweepView): Promise<void> {
    // What a run that is deleted had can be run again, but not be looked at.
    const run = base.run && (await this.runs.refresh(base.run.id).catch(() => null));
    if (this.shownId() !== id) return;
    await this.open(file, knob, run);
    if (this.file() !== file || this.knob()?.name !== knob) return;
    this.values.set(settings.map(({ value }) => value));
    this.seeds.set(seeds);
    this.judged.set(goal.metric);
    this.direction.set(goal.direction);
    this.at.set(goal.at);
    this.minutes.set(String(limits.minutes ?? ''));
    this.dollars.set(String(limits.dollars ?? ''));
    this.limitsOpen.set(Object.keys(limits).length > 0);
  }

  choose(knob: Knob | null): void {
    this.knob.set(knob);
    this.values.set(knob?.suggest ?? []);
  }

  toggle(value: ParamValue): void {
    this.values.update((values) =>
      values.includes(value) ? values.filter((other) => other !== value) : [...values, value],
    );
  }

  judgeBy(metric: string): void {
    this.judged.set(metric);
  }

  async start(target: { machineId: string } | { poolId: string } | null): Promise<void> {
    const [projectId, file, knob] = [this.files.projectId(), this.file(), this.knob()];
    const limits = this.limits();
    if (projectId === null || file === null || knob === null || limits === null || this.busy()) return;
    await this.did(async () => {
      if (this.centre() === null) await this.documents.saveAll();
      return this.api.create(
        {
          projectId,
          file,
          goal: { metric: this.metric().trim(), direction: this.direction(), at: this.at() },
          space: { [knob.name]: { values: this.ordered() } },
          seeds: this.seeds(),
          ...(target && { target }),
          ...(Object.keys(limits).length > 0 && { limits }),
          ...this.baseOf(knob),
        },
        crypto.randomUUID(),
      );
    });
  }

  act(what: 'stop' | 'pause' | 'resume' | 'rerun'): Promise<void> {
    const id = this.shownId() ?? '';
    return this.did(() => this.api.act(id, what));
  }

  extend(more: ExtendSweep): Promise<void> {
    const id = this.shownId() ?? '';
    return this.did(() => this.api.extend(id, more));
  }

  /** The first of the values is that of the run: it is what the others are judged against. */
  private baseOf({ name, value }: Knob): Pick<NewSweep, 'base'> {
    const base = this.base();
    return base ? { base: { ...base, params: { ...base.params, [name]: value } } } : {};
  }

  private async did(work: () => Promise<SweepView>): Promise<void> {
    if (this.busy()) return;
    this.busy.set(true);
    this.error.set(null);
    try {
      const sweep = await work();
      this.sweeps.put(sweep);
      this.shownId.set(sweep.id);
    } catch (error) {
      this.error.set(sentence(error));
    } finally {
      this.busy.set(false);
    }
  }
}

/** In what a run differs from the values of its file; its seed is one of many. */
function valuesOfRun(run: RunView, knobs: readonly Knob[]): Record<string, ParamValue> {
  return Object.fromEntries(
    knobs.flatMap(({ name, value }) => {
      const had = name === 'seed' ? undefined : knobOf(run, name);
      return had === undefined || had === value ? [] : [[name, had]];
    }),
  );
}
