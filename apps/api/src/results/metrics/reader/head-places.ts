import { CLOSE_BRACKET, COLON, COMMA, OPEN_BRACKET, PIPE } from './characters.js';
import { isKind, isPunct, NUMBER, tokens, WORD } from './tokens.js';
import type { PlaceKind } from './vocabulary.js';

interface HeadPlace {
  kind: PlaceKind;
  word: string;
  value: number;
  total: number;
  from: number;
}

/** `[10]⇥train-rmse:…` of the boosting libraries, `[2, 2000] loss: …`, `10:⇥learn: …`. */
export function headPlaces(hasEpoch: boolean): HeadPlace[] {
  if (isKind(0, NUMBER) && isPunct(1, COLON) && isKind(2, WORD) && !hasTotal(0) && !hasEpoch)
    return [{ kind: 'step', word: '#', ...numberAt(0) }];
  if (isKind(0, NUMBER) && isPunct(1, PIPE) && isKind(2, WORD) && !hasTotal(0) && !hasEpoch)
    return [{ kind: 'step', word: '#|', ...numberAt(0) }];
  if (!isPunct(0, OPEN_BRACKET) || !isKind(1, NUMBER)) return [];
  if (isPunct(2, CLOSE_BRACKET) && !hasTotal(1)) return [{ kind: 'step', word: '[]', ...numberAt(1) }];
  if (!isPunct(2, COMMA) || !isKind(3, NUMBER) || !isPunct(4, CLOSE_BRACKET)) return [];
  return [
    { kind: 'epoch', word: 'epoch', ...numberAt(1) },
    { kind: 'batch', word: '[,]', ...numberAt(3) },
  ];
}

const numberAt = (at: number): Pick<HeadPlace, 'value' | 'total' | 'from'> => ({
  value: tokens.value[at] ?? 0,
  total: tokens.total[at] ?? Number.NaN,
  from: tokens.start[at] ?? 0,
});
const hasTotal = (at: number): boolean => !Number.isNaN(tokens.total[at] ?? Number.NaN);
