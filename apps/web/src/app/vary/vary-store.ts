import { computed, effect, inject, Injectable, signal, untracked } from '@angular/core';
import type { ExtendSweep, Knob, ParamValue, SweepView } from '@mle/protocol';
import { metricDirection } from '@mle/protocol/metric-direction';
import { sentence } from '../core/problem';
import { Toasts } from '../core/toasts';
import { DocumentStore } from '../editor/document-store';
import { KnobsApi } from '../editor/knobs-api';
import { FilesStore } from '../files/files-store';
import { mainFamily, metricFamilies } from '../metrics/metric-families';
import { RunsStore } from '../runs/runs-store';
import { SweepsApi } from './sweeps-api';
import { SweepsStore } from './sweeps-store';
import { valuesInOrder } from './vary-values';

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
  readonly knobs = signal<readonly Knob[]>([]);
  readonly loading = signal(false);
  readonly knob = signal<Knob | null>(null);
  readonly values = signal<readonly ParamValue[]>([]);
  readonly seeds = signal(SEEDS);
  /** A machine or a pool by its id; empty: any machine. */
  readonly place = signal('');
  readonly metric = signal('');
  readonly direction = signal<'min' | 'max'>('min');
  readonly at = signal<'last' | 'best'>('last');
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

  constructor() {
    effect(() => {
      this.files.projectId();
      untracked(() => {
        this.close();
        this.shownId.set(null);
      });
    });
  }

  /** Opens the panel for a program, on a knob if one is named. */
  async open(file: string, name: string | null = null): Promise<void> {
    this.file.set(file);
    this.error.set(null);
    this.knob.set(null);
    this.loading.set(true);
    // The places and values are those of the text as it is saved.
    await this.documents.saveAll();
    const knobs = (await this.knobsApi.of(file)).filter(({ name: own }) => own !== 'seed');
    if (this.file() !== file) return;
    this.loading.set(false);
    this.knobs.set(knobs);
    this.choose(knobs.find((knob) => knob.name === name) ?? knobs[0] ?? null);
    const metric = mainFamily(metricFamilies(this.metrics()))?.members.at(-1)?.name;
    if (metric !== undefined) this.judgeBy(metric);
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
  }

  private async openLike(file: string, { knob, settings, seeds, goal }: SweepView): Promise<void> {
    await this.open(file, knob);
    if (this.file() !== file || this.knob()?.name !== knob) return;
    this.values.set(settings.map(({ value }) => value));
    this.seeds.set(seeds);
    this.metric.set(goal.metric);
    this.direction.set(goal.direction);
    this.at.set(goal.at);
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
    this.metric.set(metric);
    const known = metricDirection(metric);
    if (known !== null) this.direction.set(known === 'lower' ? 'min' : 'max');
  }

  async start(target: { machineId: string } | { poolId: string } | null): Promise<void> {
    const [projectId, file, knob] = [this.files.projectId(), this.file(), this.knob()];
    if (projectId === null || file === null || knob === null || this.busy()) return;
    await this.did(async () => {
      await this.documents.saveAll();
      return this.api.create(
        {
          projectId,
          file,
          goal: { metric: this.metric().trim(), direction: this.direction(), at: this.at() },
          space: { [knob.name]: { values: this.ordered() } },
          seeds: this.seeds(),
          ...(target && { target }),
        },
        crypto.randomUUID(),
      );
    });
  }

  act(what: 'stop' | 'resume' | 'rerun'): Promise<void> {
    const id = this.shownId() ?? '';
    return this.did(() => this.api.act(id, what));
  }

  extend(more: ExtendSweep): Promise<void> {
    const id = this.shownId() ?? '';
    return this.did(() => this.api.extend(id, more));
  }

  private async did(work: () => Promise<SweepView>): Promise<void> {
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
