/** Which runs the page lists, and in which order; its address keeps all of it. */
export interface RunsChoice {
  text: string;
  state: string;
  machineId: string;
  tag: string;
  file: string;
  everywhere: boolean;
  /** Runs of a sweep, and of the dial, are one row. */
  folded: boolean;
  /** As the server takes it. */
  sort: string;
  /** A knob, or nothing for a row for each run. */
  group: string;
  /** Whose values stand in the columns; nothing for the one that the runs are judged by. */
  metric: string;
  knobs: readonly (readonly [name: string, value: string])[];
}

export const NEWEST_FIRST = '-createdAt';
const KNOB = 'knob.';
const NAMES = {
  text: 'text',
  state: 'state',
  machineId: 'machine',
  tag: 'tag',
  file: 'file',
  group: 'group',
  metric: 'metric',
} as const;

type Params = Record<string, string | undefined>;

export function choiceOf(params: Params): RunsChoice {
  const of = (name: keyof typeof NAMES): string => params[NAMES[name]] ?? '';
  return {
    text: of('text'),
    state: of('state'),
    machineId: of('machineId'),
    tag: of('tag'),
    file: of('file'),
    group: of('group'),
    metric: of('metric'),
    everywhere: params['of'] === 'all',
    folded: params['fold'] !== 'no',
    sort: params['sort'] ?? NEWEST_FIRST,
    knobs: Object.entries(params).flatMap(([key, value]) =>
      key.startsWith(KNOB) && value !== undefined ? [[key.slice(KNOB.length), value] as const] : [],
    ),
  };
}

/** What is as it is without saying stays out of the address. */
export function paramsOf(choice: RunsChoice): Record<string, string> {
  const { everywhere, folded, sort, knobs } = choice;
  const named = Object.entries(NAMES).flatMap(([name, param]) => {
    const value = choice[name as keyof typeof NAMES];
    return value === '' ? [] : [[param, value]];
  });
  return {
    ...(Object.fromEntries(named) as Record<string, string>),
    ...(everywhere && { of: 'all' }),
    ...(!folded && { fold: 'no' }),
    ...(sort !== NEWEST_FIRST && { sort }),
    ...Object.fromEntries(knobs.map(([name, value]) => [`${KNOB}${name}`, value])),
  };
}

/** The other direction of the order, or the one that `first` begins with where another column leads. */
export function nextSort(sort: string, field: string, first: '' | '-'): string {
  if (sort.replace(/^-/, '') !== field) return first + field;
  return sort.startsWith('-') ? field : `-${field}`;
}
