import type { MetricDirection, RunView } from '@mle/protocol';
import { shownValue } from '@mle/protocol/shown-change';
import { shownNumber } from '@mle/protocol/shown-number';
import { duration } from '../../core/format';
import { isActive } from '../../core/protocol-values';
import { bestOf, metricNames } from '../../runs/main-metric';
import { settingsOf } from '../../runs/run-differences';
import { outcome, runTitle } from '../../runs/run-words';
import { stateWord } from '../../ui/state-icon';

interface ComparedCell {
  text: string;
  /** From the first run. */
  differs: boolean;
  /** `+0.002`, or empty. */
  delta: string;
  /** Whether the difference is to the better, where the metric says which way that is. */
  tone: 'good' | 'bad' | '';
}

export interface ComparedRow {
  name: string;
  cells: ComparedCell[];
}

/** Which way is better, as the project says or the name tells. */
type DirectionOf = (name: string) => MetricDirection | null;

const DELTA_DIGITS = 2;

/** What was asked of each run. */
export function settingRows(runs: readonly RunView[]): ComparedRow[] {
  return [
    textRow('program', runs.map(runTitle)),
    ...settingsOf(runs).map(({ name, values }) => textRow(name, values.map(shownValue))),
    textRow(
      'environment',
      runs.map(({ env }) => written(env) || 'none'),
    ),
    textRow(
      'machine',
      runs.map(({ machineName }) => machineName ?? 'none yet'),
    ),
  ];
}

/** What became of each run. */
export function outcomeRows(runs: readonly RunView[], directionOf: DirectionOf): ComparedRow[] {
  const times = runs.map(({ durationMs, state }) => (isActive(state) ? null : durationMs));
  return [
    textRow('state', runs.map(stateOf)),
    ...metricNames(runs).flatMap((name) => metricRows(runs, name, directionOf(name))),
    textRow(
      'time',
      times.map((time) => (time === null ? '' : duration(time))),
    ),
  ];
}

export const differsSomewhere = ({ cells }: ComparedRow): boolean => cells.some((cell) => cell.differs);

function metricRows(runs: readonly RunView[], name: string, direction: MetricDirection | null): ComparedRow[] {
  const finals = runs.map((run) => run.finals[name]);
  const rows: ComparedRow[] = [];
  const summaries = runs.map((run) => run.metrics[name]);
  if (summaries.some((summary) => summary !== undefined)) {
    if (direction !== null) {
      const best = summaries.map((summary) => summary && bestOf(name, summary, direction));
      rows.push(numberRow(`${name}, best`, best, direction));
    }
    const last = summaries.map((summary) => summary?.last);
    rows.push(numberRow(`${name}, last`, last, direction));
  }
  if (finals.some((value) => value !== undefined)) rows.push(numberRow(name, finals, direction));
  return rows;
}

function numberRow(
  name: string,
  values: readonly (number | null | undefined)[],
  direction: MetricDirection | null,
): ComparedRow {
  const [base] = values;
  return {
    name,
    cells: values.map((value) => {
      const differs = value !== base;
      const text = value === undefined ? '' : shownNumber(value);
      if (!differs || typeof value !== 'number' || typeof base !== 'number')
        return { text, differs, delta: '', tone: '' };
      const delta = value - base;
      const good = direction === null ? '' : delta < 0 === (direction === 'lower') ? 'good' : 'bad';
      return { text, differs, delta: `${delta > 0 ? '+' : ''}${shownNumber(delta, DELTA_DIGITS)}`, tone: good };
    }),
  };
}

function textRow(name: string, texts: readonly string[]): ComparedRow {
  return { name, cells: texts.map((text) => ({ text, differs: text !== texts[0], delta: '', tone: '' })) };
}

function stateOf(run: RunView): string {
  const words = run.state === 'succeeded' ? '' : outcome(run);
  return words === '' ? stateWord(run.state) : `${stateWord(run.state)}: ${words}`;
}

const written = (env: Readonly<Record<string, string>>): string =>
  Object.entries(env)
    .map(([name, value]) => `${name}=${value}`)
    .sort()
    .join(' ');
