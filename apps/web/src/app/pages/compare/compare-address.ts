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
  /** Rows in which nothing differs are shown too. */
  all: boolean;
}

export const MOST_RUNS = 20;
const ID = /^[0-9a-f]{24}$/;

type Params = Partial<Record<'runs' | 'metric' | 'tab' | 'other' | 'file' | 'view' | 'rows', string>>;

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
  };
}
