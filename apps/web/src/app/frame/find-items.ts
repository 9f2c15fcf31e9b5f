import type { FileView, MachineView, ProjectView, RunView } from '@mle/protocol';
import type { Command } from '../core/commands';
import type { IconName } from '../core/icon-shapes';
import { runTitle } from '../runs/run-words';
import type { PAGES } from './pages';

/** A place to go to, or something to do. */
export interface FindItem {
  kind: 'Command' | 'Page' | 'File' | 'Run' | 'Machine' | 'Project';
  id: string;
  text: string;
  /** Beside it, in a lighter colour; searched too. */
  more: string;
  /** By which one comes there without the list. */
  keys?: string;
  icon: IconName;
}

const SHOWN = 12;

export const commandItem = ({ name, icon, keys }: Command): FindItem => ({
  kind: 'Command',
  id: name,
  text: name,
  more: '',
  ...(keys && { keys }),
  icon,
});
export const pageItem = ({ path, label, key }: (typeof PAGES)[number]): FindItem => ({
  kind: 'Page',
  id: path,
  text: label,
  more: '',
  keys: `G then ${key}`,
  icon: 'expand',
});
export const fileItem = ({ path }: FileView): FindItem => ({
  kind: 'File',
  id: path,
  text: path,
  more: '',
  icon: 'file',
});
export const runItem = (run: RunView): FindItem => ({
  kind: 'Run',
  id: run.id,
  text: `#${run.number} ${runTitle(run)}`,
  more: [run.state, ...run.tags, run.note].filter(Boolean).join(', '),
  icon: 'terminal',
});
export const machineItem = ({ id, name, state }: MachineView): FindItem => ({
  kind: 'Machine',
  id,
  text: name,
  more: state,
  icon: 'machine',
});
export const projectItem = ({ id, name }: ProjectView): FindItem => ({
  kind: 'Project',
  id,
  text: name,
  more: '',
  icon: 'folder',
});

/** The items that hold every word, those first in whose names a word begins; with no words the first ones. */
export function findItems(items: readonly FindItem[], query: string): FindItem[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const ranked = items.flatMap((item, place) => {
    const text = item.text.toLowerCase();
    const all = `${text} ${item.more.toLowerCase()} ${item.kind.toLowerCase()}`;
    if (!words.every((word) => all.includes(word))) return [];
    const begins = words.filter(
      (word) => text.startsWith(word) || new RegExp(`[^\\p{L}\\p{N}]${escape(word)}`, 'u').test(text),
    ).length;
    return [{ item, rank: -begins * 10_000 + place }];
  });
  return ranked
    .sort((a, b) => a.rank - b.rank)
    .slice(0, SHOWN)
    .map(({ item }) => item);
}

const escape = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`);
