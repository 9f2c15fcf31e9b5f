import type { RunState, RunView } from '@mle/protocol';
import { ACTIVE } from '../../core/protocol-values';
import { hasKnob } from './knob-columns';
import type { RunsChoice } from './runs-choice';

/** The choices of the state filter, each with the states that it stands for. */
export const STATE_FILTERS: { value: string; label: string; states: readonly RunState[] }[] = [
  { value: 'active', label: 'Active', states: ACTIVE },
  { value: 'succeeded', label: 'Succeeded', states: ['succeeded'] },
  { value: 'failed', label: 'Failed', states: ['failed', 'timed_out', 'lost'] },
  { value: 'stopped', label: 'Stopped', states: ['stopped'] },
];

export interface ListFilter {
  projectId: string | null;
  state: string;
  text: string;
  machineId: string;
  tag: string;
  file: string;
  knobs: RunsChoice['knobs'];
}

export const statesOf = (filter: ListFilter): readonly RunState[] | null =>
  STATE_FILTERS.find(({ value }) => value === filter.state)?.states ?? null;

/** Whether a run that came by an event belongs to the list that the server gave for the same filter. */
export function matches(run: RunView, filter: ListFilter): boolean {
  if (filter.projectId && run.projectId !== filter.projectId) return false;
  if (filter.machineId && run.machineId !== filter.machineId) return false;
  if (filter.file && run.file !== filter.file) return false;
  if (!filter.knobs.every(([name, value]) => hasKnob(run, name, value))) return false;
  if (filter.tag && !run.tags.includes(filter.tag)) return false;
  const states = statesOf(filter);
  if (states && !states.includes(run.state)) return false;
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return true;
  const text = searchText(run);
  return words.every((word) => text.includes(word));
}

function searchText(run: RunView): string {
  const params = Object.entries(run.params).map(([name, value]) => `${name}=${value}`);
  return [
    `#${run.number}`,
    run.file,
    run.command,
    run.note,
    run.machineName,
    run.projectName,
    ...run.tags,
    ...run.args,
    ...params,
  ]
    .filter(Boolean)
    .join(' ')
    .toLowerCase();
}
