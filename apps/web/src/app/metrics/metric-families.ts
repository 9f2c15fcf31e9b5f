/** Metrics that measure one thing on different data, such as `loss` and `val_loss`: they belong into one chart. */
export interface MetricFamily {
  name: string;
  /** `held`: measured on data that the program does not learn from. */
  members: { name: string; held: boolean }[];
}

const PART = /^(train|training|tr|val|valid|validation|dev|test|eval)(?:[_\-/. ]+|(?=[A-Z]))(?=.)/;
const ENDING = /(?<=.)[_\-/. ]+(train|training|val|valid|validation|dev|test|eval)$/;
const LEARNT_FROM = /^tr/;

/** In the order in which the names came; those that are learnt from stand before those that are held out. */
export function metricFamilies(names: readonly string[]): MetricFamily[] {
  const families = new Map<string, MetricFamily>();
  for (const name of names) {
    const found = PART.exec(name) ?? ENDING.exec(name);
    const rest = found ? name.replace(found[0], '') : name;
    const key = rest.toLowerCase();
    const family = families.get(key) ?? { name: rest, members: [] };
    families.set(key, family);
    family.members.push({ name, held: found !== null && !LEARNT_FROM.test(found[1] ?? '') });
  }
  for (const { members } of families.values()) members.sort((a, b) => Number(a.held) - Number(b.held));
  return [...families.values()];
}

/** What is shown first: training and validation together, if there is such a one. */
export const mainFamily = (families: readonly MetricFamily[]): MetricFamily | null =>
  families.find(({ members }) => members.length > 1) ?? families[0] ?? null;
