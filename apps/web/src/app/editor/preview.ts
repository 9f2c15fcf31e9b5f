/** A table is fetched by pieces, up to this size. */
export const MOST_TABLE_BYTES = 100 * 1024 * 1024;

type Preview = 'markdown' | 'notebook' | 'table';

const BY_ENDING: Record<string, Preview> = {
  md: 'markdown',
  markdown: 'markdown',
  ipynb: 'notebook',
  csv: 'table',
  tsv: 'table',
};

/** How a text can be shown other than by its source; null where its source is all there is. */
export const previewOf = (path: string): Preview | null =>
  BY_ENDING[/\.([a-z]+)$/i.exec(path)?.[1]?.toLowerCase() ?? ''] ?? null;
