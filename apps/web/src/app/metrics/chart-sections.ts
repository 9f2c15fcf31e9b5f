/** Charts whose names begin alike: `layer0/weight`, `layer0/update`. */
export interface ChartSection<T> {
  /** `layer0/`, or empty for names without one. */
  prefix: string;
  charts: T[];
}

/** The part of a name up to its first slash. */
const prefixOf = (name: string): string => name.slice(0, name.indexOf('/') + 1);

/** In the order in which the prefixes are met; charts without one come first. */
export function sectionsOf<T extends { name: string }>(charts: readonly T[]): ChartSection<T>[] {
  const found = new Map<string, ChartSection<T>>([['', { prefix: '', charts: [] }]]);
  for (const chart of charts) {
    const prefix = prefixOf(chart.name);
    const section = found.get(prefix) ?? { prefix, charts: [] };
    found.set(prefix, section);
    section.charts.push(chart);
  }
  return [...found.values()].filter((section) => section.charts.length > 0);
}

/** Those whose names have the text, in whatever case. */
export function named<T extends { name: string }>(charts: readonly T[], text: string): T[] {
  const wanted = text.trim().toLowerCase();
  return charts.filter(({ name }) => name.toLowerCase().includes(wanted));
}
