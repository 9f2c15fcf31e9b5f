import { type Dict, type Entry, findDict, readDict } from './dicts.js';
import { type Name, nameOf, phaseOf, placeOf } from './names.js';
import { emptyReading, type Found, type Reading } from './reading.js';
import { CONFIG_HEADS, CONFIG_JOINTS, type Phase } from './vocabulary.js';

/** What a line with a dictionary says. `open`: it goes on in the next line. */
type DictLine = { reading: Reading } | 'open' | 'none';

const MEASURE = /(?<![:\w])(\w{0,20}(?:loss|losses|accuracy|accuracies|scores|rewards))['"]?[\s:=(]*$/i;
const MOST_DICTS = 8;
const LONGEST_WORD = 40;
/** Keys of a summary that is printed once, after the training. */
const SUMMARY_KEYS = new Set(['train_runtime']);

/** Reads the dictionary that begins at `at`; `before` is what the text before it says. */
export function readDictLine(text: string, at: number, before: Reading): DictLine {
  const dict = readDict(text, at);
  if (!dict) return 'none';
  if (dict.end < 0) return 'open';
  if (isConfig(text.slice(0, at), dict)) return { reading: before };
  const phase = dict.phase ?? before.phase ?? phaseBefore(text.slice(0, at));
  const reading = { ...emptyReading(), phase, rank: before.rank };
  const entries = dict.entries.filter((entry) => !isPlaceEntry(entry, reading));
  if (!reading.epoch && !reading.step && !reading.batch && !reading.outer && !before.bar) {
    Object.assign(reading, { epoch: before.epoch, step: before.step, batch: before.batch, outer: before.outer });
  }
  const measure = MEASURE.exec(text.slice(Math.max(0, at - LONGEST_WORD), at))?.[1];
  for (const entry of entries) add(measure === undefined ? entry : below(measure, entry), reading);
  addOthers(text, dict.end, reading);
  // `score: 0.9, all: {…}`
  reading.values.push(...before.values.filter(({ name }) => !reading.values.some((value) => value.name === name)));
  // `{"split": "train", "size": 800}` heads nothing.
  if (reading.values.length === 0 && dict.phase !== null) reading.phase = null;
  reading.whole = entries.some(({ key }) => SUMMARY_KEYS.has(key));
  reading.bare = true;
  return { reading };
}

/** `Losses {'ner': 50.1}`, `loss: {'train': 0.5}`. */
function below(measure: string, entry: Entry): Entry {
  return nameOf(entry.key).kind === 'unknown' ? { ...entry, key: `${measure}/${entry.key}` } : entry;
}

/** `train={…} val={…}`: what other dictionaries on the line tell of other phases. */
function addOthers(text: string, from: number, reading: Reading): void {
  const { phase } = reading;
  let at = from;
  for (let more = 1; more < MOST_DICTS; more++) {
    const start = at + findDict(text.slice(at));
    const dict = start < at ? null : readDict(text, start);
    if (!dict || dict.end < 0) break;
    reading.phase = dict.phase ?? phaseBefore(text.slice(at, start));
    if (reading.phase !== null && reading.phase !== phase) for (const entry of dict.entries) add(entry, reading);
    at = dict.end;
  }
  reading.phase = phase;
}

/** The word right before a dictionary may tell its phase: `val={…}`, but not as the name of a logger: `INFO:val:{…}`. */
const phaseBefore = (before: string): Phase | null => {
  const word = /(?<![:\w])([a-z]+)['"]?[\s:=(]*$/i.exec(before.slice(-LONGEST_WORD))?.[1] ?? '';
  return phaseOf(word.toLowerCase());
};

/** The last word before it says that it was set: `Best parameters: {…}`, `0.96 using {…}`. */
function isConfig(before: string, { entries }: Dict): boolean {
  const words =
    before
      .slice(-80)
      .toLowerCase()
      .match(/[a-z]+/g) ?? [];
  const last = words.at(-1) ?? '';
  return CONFIG_HEADS.has(last) || (CONFIG_JOINTS.has(last) && entries.every(({ key }) => nameOf(key).kind !== 'sure'));
}

function isPlaceEntry({ key, y, from, quoted }: Entry, reading: Reading): boolean {
  const slash = key.lastIndexOf('/');
  const kind = placeOf(key.slice(slash + 1));
  if (kind === null || !Number.isFinite(y) || y < 0 || (quoted && kind === 'outer')) return false;
  // On top a key of place counts for all, deeper only where none stands on top.
  if (reading[kind] === null || slash < 0) reading[kind] = { value: y, total: null, word: key.slice(slash + 1), from };
  return true;
}

function add({ key, y, from, to }: Entry, reading: Reading): void {
  const name = nameOf(key);
  if (name.suspicious) reading.suspicious = true;
  if (name.kind === 'never' || name.kind === 'setting') return;
  const full = fullName(name, key, reading);
  if (reading.values.some((value) => value.name === full)) return;
  const found: Found = { name: full, y, from, to, kind: name.kind, weak: false, best: false };
  reading.values.push(found);
}

function fullName({ phase }: Name, key: string, reading: Reading): string {
  const name = key.replaceAll(',', ' ');
  return phase !== null || reading.phase === null || phaseOf(key) !== null ? name : `${reading.phase}/${name}`;
}
