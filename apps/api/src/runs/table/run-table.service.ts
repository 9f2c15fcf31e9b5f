import { type MetricDirection, metricDirection, type Page, type RunFilter, type RunQuery } from '@mle/protocol';
import { Injectable } from '@nestjs/common';
import { badRequest } from '../../platform/http/problem.js';
import { MetricRulesService } from '../../results/metrics/metric-rules.service.js';
import { OwnedRunsRepository } from '../../run-records/owned-runs.repository.js';
import type { RunRecord } from '../../run-records/run-view.js';
import { FOLD_FIELDS, FoldedRuns, foldOf, keyOf } from './folded-runs.service.js';
import { hasKnobs, knobFilters } from './knob-filter.js';
import { fieldsOf, type RunField, runField, valueOf } from './run-field.js';
import { cursorOf, inOrder, type Placed, placeOf } from './run-order.js';

/** Runs that are read as a whole at once. */
const BATCH = 200;

/**
 * Runs in any order. Time has an index; knobs and metrics are compared here, of the newest `LIMITS.comparedRuns` runs of the
 * filter.
 */
@Injectable()
export class RunTable {
  constructor(
    private readonly runs: OwnedRunsRepository,
    private readonly rules: MetricRulesService,
    private readonly folded: FoldedRuns,
  ) {}

  async list(ownerId: string, query: RunQuery): Promise<Page<RunRecord>> {
    if (byTime(query)) return query.folded ? this.foldedByTime(ownerId, query) : this.runs.list(ownerId, query);
    const placed = await this.placed(ownerId, query);
    const order = orderOf(query.sort);
    const after = query.cursor === undefined ? null : placeOf(query.cursor);
    const from = after === null ? 0 : placed.findIndex((run) => order(run, after) > 0);
    const page = from === -1 ? [] : placed.slice(from, from + query.limit);
    const last = page.at(-1);
    const more = from !== -1 && placed.length > from + query.limit;
    return { items: await this.read(ownerId, idsOf(page)), nextCursor: last && more ? cursorOf(last) : null };
  }

  /** All of them, at most `LIMITS.comparedRuns`, some at a time. */
  async *all(ownerId: string, query: RunFilter & { sort: string }): AsyncGenerator<RunRecord[]> {
    const placed = await this.placed(ownerId, query);
    for (let at = 0; at < placed.length; at += BATCH) yield this.read(ownerId, idsOf(placed.slice(at, at + BATCH)));
  }

  private async foldedByTime(ownerId: string, query: RunQuery): Promise<Page<RunRecord>> {
    const { items, nextCursor } = await this.folded.firsts(ownerId, query);
    return { items: await this.read(ownerId, items), nextCursor };
  }

  private async placed(
    ownerId: string,
    query: RunFilter & { sort: string; folded?: boolean | undefined },
  ): Promise<Placed[]> {
    const field = runField(query.sort.replace(/^-/, ''));
    let better: MetricDirection | null | undefined;
    const knobs = knobFilters(query);
    const fields = [
      ...fieldsOf(field),
      ...(knobs.length > 0 ? (['knobs', 'params'] as const) : []),
      ...(query.folded ? FOLD_FIELDS : []),
    ];
    const placed: (Placed & { fold: string | null })[] = [];
    for await (const run of this.runs.some(ownerId, query, fields)) {
      // The project of a run that the owner has is theirs to ask about.
      if (better === undefined) better = await this.better(query.projectId, field);
      const fold = query.folded ? foldOf(run) : null;
      if (hasKnobs(run, knobs)) placed.push({ id: run.id, value: valueOf(run, field, better), fold: keyOf(fold) });
    }
    const seen = new Set<string>();
    return placed.sort(orderOf(query.sort)).filter(({ fold }) => fold === null || (!seen.has(fold) && seen.add(fold)));
  }

  /** In the order given; what was deleted meanwhile is left out. */
  private async read(ownerId: string, ids: readonly string[]): Promise<RunRecord[]> {
    const found = new Map((await this.runs.byIds(ownerId, ids)).map((run) => [run.id, run]));
    return ids.flatMap((id) => found.get(id) ?? []);
  }

  /** Which values of the field are the better ones. */
  private async better(projectId: string | undefined, field: RunField): Promise<MetricDirection | null> {
    if (field.of !== 'metrics' || field.which === 'last') return null;
    const directions = projectId === undefined ? metricDirection : await this.rules.directions(projectId);
    const better = directions(field.name);
    if (better !== null) return better;
    throw badRequest(
      'runs.sort',
      `Nothing says whether less or more of ${field.name} is better. Sort by metrics.${field.name}.last, or choose it under Found on the page of a run.`,
    );
  }
}

const byTime = (query: RunQuery): boolean => /^-?createdAt$/.test(query.sort) && knobFilters(query).length === 0;

const orderOf = (sort: string): ((a: Placed, b: Placed) => number) => inOrder(sort.startsWith('-'));

const idsOf = (placed: readonly Placed[]): string[] => placed.map(({ id }) => id);
