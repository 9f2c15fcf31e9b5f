import { csvCell, LIMITS, type RunCsvQuery } from '@mle/protocol';
import { Injectable } from '@nestjs/common';
import { OwnedRunsRepository } from '../../run-records/owned-runs.repository.js';
import type { RunRecord } from '../../run-records/run-view.js';
import { knobOf, valueOf } from './run-field.js';
import { RunTable } from './run-table.service.js';

type Column = readonly [name: string, cell: (run: RunRecord) => string | number | null | undefined];

const ABOUT: readonly Column[] = [
  ['id', (run) => run.id],
  ['number', (run) => run.number],
  ['project', (run) => run.projectName],
  ['file', (run) => run.file],
  ['command', (run) => run.command],
  ['state', (run) => run.state],
  ['createdAt', (run) => run.createdAt.toISOString()],
  ['durationMs', (run) => valueOf(run, { of: 'durationMs' }, null) as number | null],
  ['machine', (run) => run.machineName],
  ['seed', (run) => run.seed],
  ['tags', (run) => run.tags.join(' ')],
  ['note', (run) => run.note],
];

/** The list of runs as a table for other programs: a column for each knob and each number that any of them has. */
@Injectable()
export class RunCsv {
  constructor(
    private readonly runs: OwnedRunsRepository,
    private readonly table: RunTable,
  ) {}

  async *lines(ownerId: string, query: RunCsvQuery): AsyncGenerator<string> {
    const columns = [...ABOUT, ...(await this.values(ownerId, query))];
    yield `${columns.map(([name]) => csvCell(name)).join(',')}\n`;
    for await (const runs of this.table.all(ownerId, query))
      yield runs.map((run) => `${columns.map(([, cell]) => csvCell(String(cell(run) ?? ''))).join(',')}\n`).join('');
  }

  private async values(ownerId: string, query: RunCsvQuery): Promise<Column[]> {
    const [knobs, metrics, finals] = [
      new Names(LIMITS.knobs),
      new Names(LIMITS.metricSeries),
      new Names(LIMITS.metricSeries),
    ];
    for await (const run of this.runs.some(ownerId, query, ['params', 'knobs', 'metrics', 'finals'])) {
      knobs.add(Object.keys({ ...run.knobs, ...run.params }));
      metrics.add((run.metrics ?? []).map(({ name }) => name));
      finals.add((run.finals ?? []).map(({ name }) => name));
    }
    return [
      ...knobs.list.map((name): Column => [`knobs.${name}`, (run) => asText(knobOf(run, name))]),
      ...metrics.list.flatMap((name): Column[] => [
        [`metrics.${name}.last`, (run) => summaryOf(run, name)?.last],
        [`metrics.${name}.min`, (run) => summaryOf(run, name)?.min],
        [`metrics.${name}.max`, (run) => summaryOf(run, name)?.max],
      ]),
      ...finals.list.map((name): Column => [
        `finals.${name}`,
        (run) => (run.finals ?? []).find((final) => final.name === name)?.value,
      ]),
    ];
  }
}

/** So many names at most; further ones have no column. */
class Names {
  private readonly found = new Set<string>();

  constructor(private readonly most: number) {}

  get list(): string[] {
    return [...this.found].sort();
  }

  add(names: readonly string[]): void {
    for (const name of names) if (this.found.size < this.most) this.found.add(name);
  }
}

const asText = (value: string | number | boolean | null): string | null => (value === null ? null : String(value));

const summaryOf = (run: RunRecord, wanted: string) => (run.metrics ?? []).find(({ name }) => name === wanted);
