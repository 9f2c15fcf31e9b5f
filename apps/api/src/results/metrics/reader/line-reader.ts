import { isTelling } from './amounts.js';
import {
  ALMOST,
  APOSTROPHE,
  ARROW,
  ASTERISK,
  CLOSE_BRACKET,
  CLOSE_PAREN,
  COLON,
  DOT,
  EQUALS,
  GREATER,
  HASH,
  MINUS,
  OPEN_BRACKET,
  OPEN_PAREN,
  PIPE,
  QUOTE,
  TILDE,
} from './characters.js';
import { Gathering, type Subject } from './gathering.js';
import { headPlaces, numberedPlaces } from './head-places.js';
import { formOf, type LineForm } from './line-form.js';
import { gluedPlace, isHeadPlural, nameOf, phaseOf, phaseOnly } from './names.js';
import { firstOf, isPairOfCounts, openingParen, phaseBefore, phaseUnderKey, tellsEvent } from './phrases.js';
import type { Reading } from './reading.js';
import { isBold, isDrawn, isKind, isNumbered, isPunct, NUMBER, PUNCT, RULE, tokens, WORD } from './tokens.js';
import type { Phase } from './vocabulary.js';
import { PLURAL_WORD, WRAPPERS } from './vocabulary.js';

/** What a dataclass or a named tuple that holds numbers of a training is called. */
const RECORDS = /(?:dict|metrics?|results?|outputs?|scores|stats)$/i;

/** Reads what one line says in names, separators and numbers. Knows nothing of the lines before it. */
export class LineReader extends Gathering {
  /** The first token of the words that go on until now, or -1. */
  private phrase = -1;
  private numbers = false;
  /** Of `Cost after iteration 100: 0.5` the cost, which the number after the one at `place` tells. */
  private subject: Subject | null = null;
  /** The number after `Steps:` at the head of the line, or -1: beside a measure it says where that was taken. */
  private plural = -1;

  /** `from`: where in the text to begin, after what was read in another way. */
  read(text: string, decimalCommas: boolean, to = text.length): Reading {
    this.begin(to === text.length ? text : text.slice(0, to), decimalCommas);
    this.phrase = -1;
    this.subject = null;
    this.plural = -1;
    const silent = tellsEvent(this.text, this.head);
    this.numbers = false;
    let words = 0;
    for (let at = 0; at < tokens.count; at++) {
      const kind = tokens.kind[at];
      if (kind === WORD) {
        words++;
        at = this.word(at);
      } else {
        if (kind === NUMBER) {
          this.numbers = true;
          at = this.number(at, silent);
        } else if (kind === PUNCT) this.punctuation(at);
        if (tokens.value[at] !== DOT || kind !== PUNCT) this.phrase = -1;
      }
    }
    for (const place of numberedPlaces(this.text)) this.place(place.kind, place);
    if (this.plural > 0 && !this.reading.epoch && this.reading.values.some(({ kind }) => kind === 'sure'))
      this.placeAt(this.plural, 'step', PLURAL_WORD);
    if (!this.reading.step && !this.reading.batch && this.reading.values.length > 0)
      for (const place of headPlaces(this.reading.epoch !== null)) this.place(place.kind, place);
    this.reading.phase = this.phase;
    this.reading.bare = words <= this.namedWords;
    return this.reading;
  }

  /** The form of the last line, unless what it says depends on how large its numbers are. */
  form(table: LineForm['table']): LineForm | null {
    if (tokens.weighed || tokens.decimalComma) return null;
    return formOf(this.text, { message: this.message, reading: this.reading, table });
  }

  /** Whether the last line had no number at all. */
  get sawNoNumber(): boolean {
    return !this.numbers;
  }

  get sawDecimalComma(): boolean {
    return tokens.decimalComma;
  }

  private word(at: number): number {
    if (this.phrase < 0) this.phrase = at;
    const last = this.text.charCodeAt((tokens.end[at] ?? 0) - 1);
    if (last >= 48 && last <= 57) this.glued(at);
    if (isPunct(at - 1, COLON) || isPunct(at - 1, EQUALS)) this.tell(phaseUnderKey(this.text, at));
    return isPunct(at + 1, OPEN_PAREN) && tokens.gap[at + 1] === 0 ? this.afterCall(at) : at;
  }

  private glued(at: number): void {
    if (isPunct(at + 1, EQUALS) || (isPunct(at + 1, COLON) && isKind(at + 2, NUMBER))) return;
    const found = gluedPlace(this.wordText(at), at === this.head);
    if (!found) return;
    const value = +this.text.slice((tokens.start[at] ?? 0) + found.digits, tokens.end[at]);
    this.place(found.kind, { word: found.word, value, total: Number.NaN, from: -1 });
    this.namedWords++;
    this.phrase = -1;
  }

  /** `Adam(lr=0.001, eps=1e-8)` prints how something was made. */
  private afterCall(at: number): number {
    if (!isKind(at + 2, WORD) || !isPunct(at + 3, EQUALS) || phaseOf(this.wordText(at).toLowerCase()) !== null)
      return at;
    // `Metrics(loss=0.5, acc=0.9)`
    if (RECORDS.test(this.wordText(at))) return at;
    this.reading.suspicious = true;
    let depth = 0;
    for (let end = at + 1; end < tokens.count; end++) {
      if (isPunct(end, OPEN_PAREN)) depth++;
      else if (isPunct(end, CLOSE_PAREN) && --depth === 0) return end;
    }
    return tokens.count;
  }

  /** Words that no number follows may tell a phase: `Test set: …`, `[valid] …`, `| val | …`, `(train)`. */
  private punctuation(at: number): void {
    const code = tokens.value[at];
    if (this.phrase < 0) return;
    const before = this.phrase - 1;
    if (code === COLON) {
      if (!isKind(at + 1, NUMBER) && !isPunct(at + 1, OPEN_BRACKET)) this.tell(this.phaseOfPhrase(at));
    } else if (
      (code === CLOSE_BRACKET && isPunct(before, OPEN_BRACKET)) ||
      (code === CLOSE_PAREN && isPunct(before, OPEN_PAREN))
    ) {
      const phase = this.phaseOfPhrase(at);
      // `Epoch(train)`: training goes without saying.
      if (code === CLOSE_BRACKET || phase !== 'train') this.tell(phase);
      else if (phase !== null) this.namedWords++;
    } else if (
      (code === PIPE || (code === MINUS && (tokens.gap[at] ?? 0) > 0)) &&
      (before < 0 || isPunct(before, PIPE) || isPunct(before, MINUS))
    ) {
      this.tell(this.phaseOfPhrase(at));
    }
  }

  private phaseOfPhrase(end: number): Phase | null {
    if (end - this.phrase > 4) return null;
    const words: string[] = [];
    for (let at = this.phrase; at < end; at++) if (tokens.kind[at] === WORD) words.push(this.wordText(at));
    return phaseOnly(words);
  }

  /** What a number means, what stands before it tells. Answers the last token that belongs to it. */
  private number(at: number, silent: boolean): number {
    let left = at - 1;
    let opened = false;
    let strong = false;
    for (; left >= 0 && tokens.kind[left] === PUNCT; left--) {
      const code = tokens.value[left];
      if (code === EQUALS || code === COLON || code === ARROW || code === TILDE || code === ALMOST || code === 0xff1a)
        strong = true;
      else if (code === GREATER && (isPunct(left - 1, MINUS) || isPunct(left - 1, EQUALS))) strong = true;
      else if (code === OPEN_BRACKET || code === OPEN_PAREN || code === HASH) opened = true;
      else if (
        code !== APOSTROPHE &&
        code !== QUOTE &&
        !(code === ASTERISK && isBold(left)) &&
        !(code === MINUS && (strong || (tokens.gap[left] === 0 && tokens.gap[at] === 0)))
      )
        break;
    }
    if (isKind(left, RULE) && tokens.value[left] === DOT) {
      strong = true;
      left--;
    }
    const paren = isPunct(left, CLOSE_PAREN) ? openingParen(left) : -1;
    if (paren > 0 && isKind(paren - 1, WORD)) return this.bracketed(at, paren - 1, left, opened, strong, silent);
    if (this.dashed(at, left)) {
      this.named(at, left - 1, left - 1, false, true, silent);
      return at;
    }
    if (!isKind(left, WORD)) {
      // `loss:0: 0.5`: the first number belongs to the name.
      if (strong && !opened && this.subject?.place === left)
        this.value(at, this.subject.name, this.subject.first, this.subject.last, true);
      else if (strong && !opened && isNumbered(left)) this.named(at, left - 2, left, false, true, silent);
      else this.bare(at, left, opened);
      return at;
    }
    if (this.subject?.place === left - 1 && isTelling(this.wordText(left)))
      this.value(at, this.subject.name, this.subject.first, this.subject.last, true);
    if (isNumbered(at) && isPunct(at + 1, COLON) && isKind(at + 2, NUMBER)) return at;
    if (opened && WRAPPERS.has(this.wordText(left))) return this.wrapped(at, left, silent);
    this.named(at, left, left, opened, strong, silent);
    return at;
  }

  /** `loss: tensor(0.5, grad_fn=…)`, and without the colon as `print('loss', loss)` writes it. */
  private wrapped(at: number, wrapper: number, silent: boolean): number {
    let left = wrapper - 1;
    while (isPunct(left, EQUALS) || isPunct(left, COLON) || isPunct(left, APOSTROPHE) || isPunct(left, QUOTE)) left--;
    if (isKind(left, WORD)) this.named(at, left, left, false, left < wrapper - 1, silent);
    return at;
  }

  /** `mAP50(B)=0.6`, `Loss (train): 0.5`, `Epoch(val) [3]`: what is in brackets is part of the name, or its phase. */
  private bracketed(
    at: number,
    last: number,
    close: number,
    opened: boolean,
    strong: boolean,
    silent: boolean,
  ): number {
    const place = this.placeBefore(last, false);
    if (place) this.placeAt(at, place.kind, place.word);
    else if (strong && !opened) this.named(at, last, close, false, true, silent);
    return at;
  }

  /** A number after no name: a count of steps in brackets or beside a bar, or nothing. */
  private bare(at: number, left: number, opened: boolean): void {
    const total = tokens.total[at] ?? Number.NaN;
    if (tokens.percent[at] || total !== total) return;
    // `70% (705/1000)` says the same twice.
    if (opened && isKind(left, NUMBER) && tokens.percent[left]) return;
    if (at === 1 && opened && isPairOfCounts(at)) {
      this.placeAt(at, 'epoch', 'epoch');
      return;
    }
    const afterBar = isKind(left, RULE);
    const first = at === 0 || (at === 1 && isKind(0, RULE));
    if (!opened && !afterBar && !first && !isPunct(left, PIPE)) return;
    const drawn =
      afterBar ||
      isKind(at + 1, RULE) ||
      (first && (isPunct(at + 1, MINUS) || (isPunct(at + 1, OPEN_BRACKET) && isDrawn(at + 2))));
    if (drawn && !opened) this.reading.bar = true;
    this.placeAt(at, 'batch', opened ? '[]' : drawn && first ? 'head' : 'bar');
  }

  /** The words up to `last` name the number at `at`; `end` is where the name ends, brackets included. */
  private named(at: number, last: number, end: number, opened: boolean, strong: boolean, silent: boolean): void {
    const total = tokens.total[at] ?? Number.NaN;
    const place = tokens.percent[at] ? null : this.placeBefore(last, strong && !opened);
    if (place) {
      this.placeAt(at, place.kind, place.word);
      this.namedWords += place.words;
      if (!silent && !opened) this.subject = this.subjectOf(at, last - place.words);
      return;
    }
    if (strong && last === this.head && isHeadPlural(this.wordText(last))) this.plural = at;
    const first = firstOf(this.text, last, this.head);
    const name = nameOf(this.text.slice(tokens.start[first], tokens.end[end]));
    for (let part = first; part <= end; part++) if (tokens.kind[part] === NUMBER) tokens.weighed = true;
    const phase = phaseBefore(this.text, first, last);
    if (!strong && name.kind === 'sure' && this.counts(at, name, first, last)) {
      // `Inertia for init 1/1: 372.5`
      if (isKind(at + 2, NUMBER)) this.subject = { name, first, last, place: at };
      return;
    }
    if (tokens.percent[at] && isKind(at + 1, RULE)) {
      // How far a bar has come.
      this.tell(phase);
      return;
    }
    if (phase !== null && opened && isPairOfCounts(at)) {
      // `Train: [0/300][10/1251]`: that it trains goes without saying.
      if (phase !== 'train') this.tell(phase);
      this.placeAt(at, 'epoch', 'epoch');
    } else if (phase !== null && !strong && !opened && isPunct(at + 1, OPEN_BRACKET)) {
      // timm: `Train: 0 [ 0/100]`, though with a colon.
      this.tell(phase);
      this.placeAt(at, 'epoch', 'epoch');
    } else if (phase !== null && total === total) {
      if (phase !== 'train' || !opened) this.tell(phase);
      this.placeAt(at, 'batch', '[]');
    } else if (phase !== null && isPunct(at + 1, OPEN_BRACKET) && isKind(at + 2, NUMBER)) {
      if (phase !== 'train') this.tell(phase);
      this.placeAt(at, 'epoch', 'epoch');
    } else if (!silent && !opened && phase !== null && (this.split(at, first, last, strong) || this.pairs(at, last)))
      return;
    else if (!silent && !opened)
      this.value(
        at,
        name.kind === 'sure' ? name : (this.nameOfSentence(strong, first, last) ?? name),
        first,
        last,
        strong,
      );
    else if (!silent && isPunct(at + 1, CLOSE_BRACKET) && strong) this.value(at, name, first, last, strong);
    else if (opened && total === total) this.bare(at, -1, true);
  }
}
