import type { RunView } from '@mle/protocol';
import { shownChange, shownValue } from '@mle/protocol/shown-change';
import { shownNumber } from '@mle/protocol/shown-number';
import { knobOf } from '../../runs/knob-of';
import { bestOf, lastOf } from '../../runs/main-metric';
import { outcome, runTitle } from '../../runs/run-words';
import type { RunRow } from './run-rows';

/** Cells of words are cut at about so many characters. */
const CUT = 40;

/** How many characters each cell of a run takes, about. */
export function cellLengths(run: RunView, knobs: readonly string[], metric: string | null): number[] {
  const summary = metric === null ? undefined : run.metrics[metric];
  const changes = run.changes.map(shownChange).map(({ name, was, now }) => `${name} ${was ?? ''} → ${now}`);
  if (run.before && changes.length === 0) changes.push('nothing changed');
  if (run.before === null) changes.push('first run of this file');
  return [
    run.state.length,
    `#${run.number} ${runTitle(run)} ${run.projectName}`.length,
    Math.min(CUT, changes.join('  ').length),
    run.machineName?.length ?? 0,
    Math.min(CUT, outcome(run).length),
    run.tags.join('    ').length,
    Math.min(CUT, run.note.length),
    metric === null ? 0 : shownNumber(lastOf(run, metric) ?? null).length,
    metric === null || !summary ? 0 : shownNumber(bestOf(metric, summary)).length,
    ...knobs.map((name) => {
      const value = knobOf(run, name);
      return value === undefined ? 0 : shownValue(value).length;
    }),
  ];
}

/**
 * Of each column the row with the longest text, the first row inside a fold, and the first fold of each kind. A table
 * is as wide as what is in it: with these in it the columns stay as they are while other rows come into sight.
 */
export function widestRows(
  rows: readonly RunRow[],
  lengthsOf: (run: RunView) => readonly number[],
  kindOf: (first: RunView) => string,
): RunRow[] {
  const most: number[] = [];
  const widest: RunRow[] = [];
  const others = new Map<string, RunRow>();
  for (const row of rows) {
    if (row.fold || row.inFold) {
      const kind = row.fold ? kindOf(row.fold.first) : '';
      if (!others.has(kind)) others.set(kind, row);
    }
    if (row.fold) continue;
    for (const [column, length] of lengthsOf(row.run).entries()) {
      if (length <= (most[column] ?? 0)) continue;
      most[column] = length;
      widest[column] = row;
    }
  }
  return [...new Set([...widest, ...others.values()])].filter((row) => row !== undefined);
}
