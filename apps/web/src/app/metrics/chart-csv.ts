import { csvCell } from '@mle/protocol/csv-cell';
import { type ChartLine, rowsOf, sorted } from './chart-data';
import { saveFile } from './save-file';

/** The points of a chart as a table: one column for each line, an empty cell where a line has no point. */
export function csvOf(axis: string, lines: readonly ChartLine[]): string {
  const { x, columns } = rowsOf(lines.map(sorted));
  const value = (of: number | null | undefined): string => (of === undefined ? '' : of === null ? 'nan' : String(of));
  const rows = x.map((place, i) => [String(place), ...columns.map((column) => value(column[i]))].join(','));
  return [[csvCell(axis), ...lines.map(({ label }) => csvCell(label))].join(','), ...rows, ''].join('\n');
}

export const saveCsv = (name: string, text: string): void =>
  saveFile(name, 'csv', new Blob([text], { type: 'text/csv' }));
