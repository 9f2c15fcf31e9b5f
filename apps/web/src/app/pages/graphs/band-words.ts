import type { Band } from './graph-groups';
import { BANDS } from './graphs-choice';

const MEAN = 'A line is the mean of its runs, its band';
const POINT = 'Point at a group to see its runs.';

/** What stands around the mean of a group, as a choice and as a hint. */
export const BAND_WORDS: Record<Band, { label: string; hint: string }> = {
  range: { label: 'Range', hint: `${MEAN} the range in which they lie. ${POINT}` },
  sd: { label: '± sd', hint: `${MEAN} one standard deviation to each side. ${POINT}` },
  lines: { label: 'Lines of the runs', hint: 'Each run has its line, in the colour of its group.' },
};

export const bandsOf = (chosen: Band): { band: Band; label: string; on: boolean }[] =>
  BANDS.map((band) => ({ band, label: BAND_WORDS[band].label, on: band === chosen }));
