import { type AttemptRef, type FoundList, type FoundName, OUTPUT_STREAMS } from '@mle/protocol';
import { Injectable } from '@nestjs/common';
import { OutputService } from '../output/output.service.js';
import { MetricRulesService } from './metric-rules.service.js';
import { MetricsService } from './metrics.service.js';
import { keptSeries } from './reader/series.js';
import { SeriesBook } from './reader/series-book.js';

const EVENTS = OUTPUT_STREAMS.indexOf('tensorboard');
/** The lines of a longer output are not counted. */
const MOST_COUNTED_BYTES = 32 * 1024 * 1024;

/** Tells where each name was found. */
@Injectable()
export class FoundNames {
  constructor(
    private readonly metrics: MetricsService,
    private readonly rules: MetricRulesService,
    private readonly output: OutputService,
  ) {}

  async list(ref: AttemptRef, ended: boolean): Promise<FoundList> {
    await this.metrics.readNow(ref, ended);
    const state = await this.metrics.state(ref);
    if (!state) return { more: 0, items: [] };
    const { hidden, renamed } = await this.rules.ofRun(ref.runId);
    const isHidden = new Set(hidden);
    const shown = new Map(renamed);
    const { series } = state.book;
    const visible = series.filter((one) => !one.hidden);
    const kept = new Set(
      [...keptSeries(series), ...series.filter((one) => one.hidden)].map((one) => one.raw ?? one.name),
    );
    const byName = new Map(series.map((one) => [one.raw ?? one.name, one]));
    const finals = new Map([...state.book.finals, ...state.book.waiting.map(([name, { y }]) => [name, y] as const)]);
    const found = new SeriesBook(state.book).foundIn.filter(({ name }) => kept.has(name) || !byName.has(name));
    const lines = await this.lineNumbers(
      ref,
      found.map(({ source }) => source.end),
    );
    const items = found.map(({ name, source: { end, ...source } }): FoundName => {
      const one = byName.get(name);
      const final = Number(finals.get(name));
      return {
        name,
        shown: one?.name ?? shown.get(name) ?? name,
        kind: one ? 'series' : 'final',
        axis: one?.axis ?? null,
        count: one?.count ?? 1,
        last: one ? one.last : Number.isFinite(final) ? final : null,
        hidden: isHidden.has(name),
        // No line that a person sees.
        line: one?.form === 'tensorboard' ? null : (lines?.get(end) ?? null),
        ...source,
      };
    });
    const order = new Map(series.map((one, i) => [one.raw ?? one.name, i]));
    const place = ({ name }: FoundName): number => order.get(name) ?? series.length;
    return {
      more: visible.length - keptSeries(series).length,
      items: items.sort((a, b) => place(a) - place(b)),
    };
  }

  /** For each offset at which a line ends the number of that line; null where the output is too long to count. */
  private async lineNumbers(ref: AttemptRef, ends: readonly number[]): Promise<Map<number, number> | null> {
    const wanted = [...new Set(ends)].sort((a, b) => a - b);
    const to = wanted.at(-1) ?? 0;
    if (to > MOST_COUNTED_BYTES) return null;
    const numbers = new Map<number, number>();
    let line = 1;
    let at = 0;
    const reach = (offset: number): void => {
      while (at < wanted.length && (wanted[at] ?? 0) <= offset) numbers.set(wanted[at++] ?? 0, line);
    };
    for await (const { from, data, segments } of this.output.chunks(ref, 0, to)) {
      let start = 0;
      for (const [length, stream] of segments) {
        const stop = start + length;
        if (stream !== EVENTS)
          for (let lf = data.indexOf(10, start); lf >= 0 && lf < stop; lf = data.indexOf(10, lf + 1)) {
            reach(from + lf);
            line++;
          }
        start = stop;
      }
    }
    reach(to);
    return numbers;
  }
}
