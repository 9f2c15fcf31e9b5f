export const VALUE_VIEWS = [
  { key: 'parallel', label: 'Parallel' },
  { key: 'scatter', label: 'Scatter' },
  { key: 'table', label: 'Table' },
] as const;
type ValueView = (typeof VALUE_VIEWS)[number]['key'];

/** What a view of the Compare page shows; its link keeps all of it. */
export interface CompareChoice {
  /** The first is the one that the others are compared with. */
  runs: readonly string[];
  /** Of the large charts; null: the page chooses. */
  metric: string | null;
  tab: 'code' | 'pictures';
  /** Whose code is shown beside that of the first; null: that of the first run whose code differs. */
  other: string | null;
  file: string | null;
  split: boolean;
  /** How values are shown against each other. */
  values: ValueView;
  /** The axes of the scatter; null: the page chooses. */
  x: string | null;
  y: string | null;
  /** The knob or metric that gives the colours; null: each run has its own. */
  colour: string | null;
  /** What is brushed. */
  keep: string | null;
  /** Rows in which nothing differs are shown too. */
  all: boolean;
}

export const MOST_RUNS = 20;
const ID = /^[0-9a-f]{24}$/;

type Params = Partial<
  Record<
    'runs' | 'metric' | 'tab' | 'other' | 'file' | 'view' | 'rows' | 'values' | 'x' | 'y' | 'colour' | 'keep',
    string
  >
>;

export function choiceOf(params: Params): CompareChoice {
  const ids = (params.runs ?? '').split(',').filter((id) => ID.test(id));
  return {
    runs: [...new Set(ids)].slice(0, MOST_RUNS),
    metric: params.metric ?? null,
    tab: params.tab === 'pictures' ? 'pictures' : 'code',
    other: params.other ?? null,
    file: params.file ?? null,
    split: params.view === 'split',
    all: params.rows === 'all',
    values: VALUE_VIEWS.find(({ key }) => key === params.values)?.key ?? 'parallel',
    x: params.x ?? null,
    y: params.y ?? null,
    colour: params.colour ?? null,
    keep: params.keep ?? null,
  };
}

/** What is as it is without saying stays out of the link. */
export function paramsOf(choice: CompareChoice): Record<keyof Params, string | null> {
  return {
    runs: choice.runs.join(','),
    metric: choice.metric,
    tab: choice.tab === 'pictures' ? choice.tab : null,
    other: choice.other,
    file: choice.file,
    view: choice.split ? 'split' : null,
    rows: choice.all ? 'all' : null,
    values: choice.values === 'parallel' ? null : choice.values,
    x: choice.x,
    y: choice.y,
    colour: choice.colour,
    keep: choice.keep,
  };
}
