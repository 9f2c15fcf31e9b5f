import { CLOSE_BRACKET, COLON, COMMA, OPEN_BRACKET, PIPE, QUOTE } from './characters.js';
import { isKind, isPunct, JUNK, NUMBER, tokens, WORD } from './tokens.js';
import type { PlaceKind } from './vocabulary.js';

interface HeadPlace {
  kind: PlaceKind;
  word: string;
  value: number;
  total: number;
  from: number;
}

const NUMBERED = /^(\d{1,6})epoch\b(?::\w{1,20}:\d{1,8}-(\d{1,8})batch\b)?/;
const LONGEST_NUMBERED = 60;

/** `[10]⇥train-rmse:…` of the boosting libraries, `[2, 2000] loss: …`, `10:⇥learn: …`, `10 [D loss: …]`. */
export function headPlaces(hasEpoch: boolean): HeadPlace[] {
  if (isKind(0, NUMBER) && isPunct(1, COLON) && isKind(2, WORD) && !hasTotal(0) && !hasEpoch)
    return [{ kind: 'step', word: '#', ...numberAt(0) }];
  if (isKind(0, NUMBER) && isPunct(1, PIPE) && isKind(2, WORD) && !hasTotal(0) && !hasEpoch)
    return [{ kind: 'step', word: '#|', ...numberAt(0) }];
  if (isKind(0, NUMBER) && isPunct(1, OPEN_BRACKET) && isKind(2, WORD) && !hasTotal(0) && !hasEpoch && isCount(0))
    return [{ kind: 'step', word: '#[', ...numberAt(0) }];
  if (!isPunct(0, OPEN_BRACKET) || !isKind(1, NUMBER)) return [];
  // R numbers what it prints: `[1] "loss: 0.5"`.
  if (isPunct(3, QUOTE)) return [];
  if (isPunct(2, CLOSE_BRACKET) && !hasTotal(1)) return [{ kind: 'step', word: '[]', ...numberAt(1) }];
  if (!isPunct(2, COMMA) || !isKind(3, NUMBER) || !isPunct(4, CLOSE_BRACKET)) return [];
  return [
    { kind: 'epoch', word: 'epoch', ...numberAt(1) },
    { kind: 'batch', word: '[,]', ...numberAt(3) },
  ];
}

/** ESPnet writes the number before its word: `3epoch:train:101-200batch: …`. */
export function numberedPlaces(text: string): HeadPlace[] {
  if (!isKind(0, JUNK)) return [];
  const match = NUMBERED.exec(text.slice(tokens.start[0], (tokens.start[0] ?? 0) + LONGEST_NUMBERED));
  if (!match) return [];
  // Any digits of such a word would fit a form.
  tokens.weighed = true;
  const [, epoch, batch] = match;
  const found: HeadPlace[] = [{ kind: 'epoch', word: 'epoch', value: Number(epoch), total: Number.NaN, from: -1 }];
  if (batch !== undefined)
    found.push({ kind: 'batch', word: 'batch', value: Number(batch), total: Number.NaN, from: -1 });
  return found;
}

const numberAt = (at: number): Pick<HeadPlace, 'value' | 'total' | 'from'> => ({
  value: tokens.value[at] ?? 0,
  total: tokens.total[at] ?? Number.NaN,
  from: tokens.start[at] ?? 0,
});
function isCount(at: number): boolean {
  tokens.weighed = true;
  return Number.isInteger(tokens.value[at] ?? 0) && !tokens.percent[at];
}
const hasTotal = (at: number): boolean => !Number.isNaN(tokens.total[at] ?? Number.NaN);
