import { amountAt, isTelling, isTold } from './amounts.js';
import { CLOSE_PAREN, COLON, MINUS, OPEN_PAREN } from './characters.js';
import { isPluralPlace, type Name, nameOf, phaseOf, placeOf } from './names.js';
import { firstOf, firstWord, wordAt } from './phrases.js';
import { prefixOf } from './prefix.js';
import { emptyReading, type Place } from './reading.js';
import { isKind, isPunct, NUMBER, tokenize, tokens, WORD } from './tokens.js';
import type { Phase, PlaceKind } from './vocabulary.js';
import { HEAD_PLACES, PLACE_DENIERS, PLACE_NUMBERS, PLACES, STOP_WORDS } from './vocabulary.js';

/** Values of one line; no person reads more. */
const MOST_VALUES = 1_000;
const MARKS = [COLON, OPEN_PAREN, MINUS];
/** Between a measure and what it was taken on. */
const JOINTS = new Set(['of', 'on', 'for', 'over', 'after']);
/** Words of a measure besides the first, and of the phase before it. */
const MOST_MEASURES = 4;
const { hasOwn } = Object;

/** Words between a measure and the place where it was taken. */
const LINKS = new Set(['at', 'after', 'in', 'for', 'on']);

/** A measure that the number after the one at `place` tells. */
export interface Subject {
  name: Name;
  first: number;
  last: number;
  place: number;
}

/** Gathers what one line says: its places, its values under their full names, and what they belong to. */
export abstract class Gathering {
  protected text = '';
  protected reading = emptyReading();
  protected phase: Phase | null = null;
  protected namedWords = 0;
  /** The first word. */
  protected head = 0;
  /** Where the message begins. */
  protected message = 0;
  /** `train` of `train loss=1 acc=0.5`. */
  private lead = '';
  private readonly names = new Set<string>();

  protected begin(text: string, decimalCommas: boolean): void {
    this.text = text;
    const prefix = prefixOf(text);
    this.message = prefix.end;
    tokenize(text, prefix.end, decimalCommas);
    this.reading = emptyReading();
    this.reading.rank = prefix.rank;
    this.phase = prefix.phase;
    this.lead = '';
    this.names.clear();
    this.namedWords = 0;
    this.head = firstWord();
  }

  protected wordText(at: number): string {
    return wordAt(this.text, at);
  }

  protected tell(phase: Phase | null): void {
    if (phase === null) return;
    this.phase = phase;
    this.namedWords++;
  }

  /** What the words up to `last` count, where they count anything. */
  protected placeBefore(last: number, strong: boolean): { kind: PlaceKind; word: string; words: number } | null {
    const word = this.wordText(last).toLowerCase().replace(/\.$/, '');
    const before =
      last > 0 && isKind(last - 1, WORD) && (tokens.gap[last] ?? 0) <= 2 ? this.wordText(last - 1).toLowerCase() : '';
    if (word.length === 1)
      return last === this.head && hasOwn(HEAD_PLACES, word)
        ? { kind: HEAD_PLACES[word] ?? 'step', word, words: 1 }
        : null;
    if (strong && isPluralPlace(word)) return null;
    const numbered = PLACE_NUMBERS.has(word) ? placeOf(before) : null;
    if (numbered !== null && numbered !== 'outer') return { kind: numbered, word: before, words: 2 };
    const kind = placeOf(word);
    if (kind === null || PLACE_DENIERS.has(before)) return null;
    const phase = phaseOf(before);
    if (
      strong &&
      before !== '' &&
      phase === null &&
      placeOf(`${before} ${word}`) === null &&
      !STOP_WORDS.has(before) &&
      hasOwn(PLACES, word)
    )
      return null;
    // `Validation Epoch: 3` tells the phase of the line; that it trains goes without saying.
    if (phase !== null && phase !== 'train') this.tell(phase);
    return { kind, word, words: before !== '' && (phase !== null || placeOf(`${before} ${word}`) !== null) ? 2 : 1 };
  }

  /** The number at a token says where the line stands. */
  protected placeAt(at: number, kind: PlaceKind, word: string): void {
    const [value, total, from] = [tokens.value[at] ?? 0, tokens.total[at] ?? Number.NaN, tokens.start[at] ?? 0];
    this.place(kind, { word, value, total, from });
  }

  /** `total` is not a number where there is none. */
  protected place(kind: PlaceKind, { word, value, total, from }: Place & { total: number }): void {
    if (value < 0 || this.reading[kind] !== null) return;
    this.reading[kind] = { value, total: total === total ? total : null, word, from };
  }

  protected value(at: number, name: Name, first: number, last: number, strong: boolean): void {
    this.namedWords += last - first + 1;
    if (name.suspicious) this.reading.suspicious = true;
    if (name.kind === 'never' || name.kind === 'setting') return;
    const told = strong || isTold(this.text, at, name, first, last);
    const y = told ? amountAt(at, name) : null;
    if (y === null || this.reading.values.length >= MOST_VALUES) return;
    const full = this.fullName(name, first);
    if (this.names.has(full)) return;
    this.names.add(full);
    this.reading.values.push({
      name: full,
      y: y.value,
      from: tokens.start[y.at] ?? 0,
      to: tokens.end[y.at] ?? 0,
      kind: name.kind,
      weak: !strong,
      best: name.best,
    });
  }

  /** `LOSS train 0.4 valid 0.5`: the measure of the number before, in another phase. */
  protected pairs(at: number, last: number): boolean {
    const before = this.reading.values.at(-1);
    const blank = before?.name.lastIndexOf(' ') ?? -1;
    if (!before || blank < 0 || before.kind !== 'sure' || phaseOf(before.name.slice(blank + 1).toLowerCase()) === null)
      return false;
    this.value(at, nameOf(`${before.name.slice(0, blank)} ${this.wordText(last)}`), last, last, true);
    return true;
  }

  /** `Loss - 0.5`: a dash between blanks parts a measure from its number. */
  protected dashed(at: number, dash: number): boolean {
    return (
      isPunct(dash, MINUS) &&
      (tokens.gap[dash] ?? 0) > 0 &&
      (tokens.gap[at] ?? 0) > 0 &&
      isKind(dash - 1, WORD) &&
      !isKind(at + 1, WORD) &&
      nameOf(this.wordText(dash - 1)).kind === 'sure'
    );
  }

  /** Whether a number behind a measure is part of its sentence: `Score of player 1: …`, `Reward over last 10 episodes`. */
  protected counts(at: number, name: Name, first: number, last: number): boolean {
    const word = this.wordText(last);
    if (isTelling(word) || name.phase !== null || nameOf(word).kind === 'sure') return false;
    if (isPunct(at + 1, COLON)) return true;
    if (!isKind(at + 1, WORD)) return false;
    tokens.weighed = true;
    if (!Number.isInteger(tokens.value[at] ?? 0)) return false;
    for (let joint = first; joint < last; joint++) if (JOINTS.has(this.wordText(joint))) return true;
    return false;
  }

  /** `loss: train 0.4, val 0.5`, `Loss (train=0.4, val=0.5)`: the measure stands before a mark. */
  protected split(at: number, first: number, last: number, strong: boolean): boolean {
    const mark = first - 1;
    const measure = mark - 1;
    if (first !== last || !isKind(measure, WORD) || !MARKS.some((code) => isPunct(mark, code))) return false;
    const from = firstOf(this.text, measure, this.head);
    const name = nameOf(`${this.text.slice(tokens.start[from], tokens.end[measure])} ${this.wordText(last)}`);
    if (name.kind !== 'sure') return false;
    this.value(at, name, last, last, strong || isPunct(mark, COLON));
    return true;
  }

  /** What `Accuracy of the network on the 10000 test images: 55 %` tells is said at the head of the line. */
  protected nameOfSentence(strong: boolean, first: number, last: number): Name | null {
    const { head } = this;
    if (!strong || this.reading.values.length > 0 || !isKind(head, WORD)) return null;
    let end = head;
    while (end - head < MOST_MEASURES && isKind(end + 1, WORD) && !JOINTS.has(this.wordText(end + 1))) end++;
    const name = nameOf(this.text.slice(tokens.start[head], tokens.end[end]));
    // `Root Mean Squared Error (RMSE) on test data = 0.4`
    const short = isPunct(end + 1, OPEN_PAREN) && isKind(end + 2, WORD) && isPunct(end + 3, CLOSE_PAREN);
    const joint = short ? end + 4 : end + 1;
    if (name.kind !== 'sure' || !isKind(joint, WORD) || !JOINTS.has(this.wordText(joint))) return null;
    for (let at = joint; at < first; at++) if (!isKind(at, WORD) && !isKind(at, NUMBER)) return null;
    // That it was tested goes without saying.
    for (let at = first; name.phase === null && at <= last; at++)
      if (phaseOf(this.wordText(at).toLowerCase()) === 'train')
        return nameOf(`${name.name} on ${this.wordText(at)} data`);
    return name;
  }

  /** The measure that `after iteration`, `at step` and the like belong to; brackets before them say nothing. */
  protected subjectOf(place: number, link: number): Subject | null {
    if (!isKind(link, WORD) || !LINKS.has(this.wordText(link).toLowerCase())) return null;
    let last = link - 1;
    if (isPunct(last, CLOSE_PAREN)) {
      while (last > 0 && !isPunct(last, OPEN_PAREN)) last--;
      last--;
    }
    if (!isKind(last, WORD)) return null;
    const first = firstOf(this.text, last, this.head);
    const name = nameOf(this.text.slice(tokens.start[first], tokens.end[last]));
    return name.kind === 'sure' ? { name, first, last, place } : null;
  }

  private fullName(name: Name, first: number): string {
    if (name.phase !== null) {
      if (name.phaseLeads) this.lead = this.wordText(first).replace(/\.$/, '');
      return name.name;
    }
    if (name.best) return name.name;
    if (this.lead !== '' && name.kind === 'sure') return `${this.lead} ${name.name}`;
    return this.phase === null ? name.name : `${this.phase}/${name.name}`;
  }
}
