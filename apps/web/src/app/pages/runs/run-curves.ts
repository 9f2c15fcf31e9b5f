import { inject, Injectable, signal } from '@angular/core';
import { MetricsApi } from '../../metrics/metrics-api';
import { smallCurve } from '../../metrics/small-curve';

/** As many as the server answers at once. */
const BATCH = 50;
const CURVE = { width: 56, height: 14 };

/** A small curve of one metric for each run of a list, asked for as they are shown. Provided by the list. */
@Injectable()
export class RunCurves {
  private readonly api = inject(MetricsApi);
  private readonly paths = signal<ReadonlyMap<string, string>>(new Map());
  /** By run: what its curve was asked for last. */
  private readonly asked = new Map<string, string>();

  /** An SVG path; empty until it is here, and without two numbers. */
  of(runId: string): string {
    return this.paths().get(runId) ?? '';
  }

  /** A curve is asked for again when its `version` is another one. */
  async load(metric: string, runs: readonly { id: string; version: string }[]): Promise<void> {
    const wanted = runs.filter(({ id, version }) => this.asked.get(id) !== `${metric} ${version}`);
    for (const { id, version } of wanted) this.asked.set(id, `${metric} ${version}`);
    for (let at = 0; at < wanted.length; at += BATCH) {
      const batch = wanted.slice(at, at + BATCH);
      const ids = batch.map(({ id }) => id);
      try {
        const { items } = await this.api.ofRuns(ids, metric);
        // Another metric may have been asked for meanwhile.
        const fresh = batch.filter(({ id, version }) => this.asked.get(id) === `${metric} ${version}`);
        const found = new Map(items.map(({ runId, series }) => [runId, series[0]]));
        this.paths.update((paths) => {
          const next = new Map(paths);
          for (const { id } of fresh) {
            const series = found.get(id);
            next.set(id, series ? smallCurve(series, CURVE.width, CURVE.height) : '');
          }
          return next;
        });
      } catch {
        // A curve is an ornament of its number: it is asked for again with the next change.
        for (const id of ids) this.asked.delete(id);
      }
    }
  }
}
