import type { Found, Reading } from './reading.js';

const ERROR = /^(?:\w+\/)?errors?$/i;

/**
 * The values of a line that are taken. What measures a model always is. A name that says nothing counts where the line
 * has a place of its own, or where it is one of nothing but pairs below a heading; what the training sets as it goes,
 * only beside one of these. A line that speaks of a configuration or a machine has to name its measures.
 */
export function accepted({ values, suspicious, bare }: Reading, placed: boolean, headed: boolean): Found[] {
  const sure = values.some(({ kind }) => kind === 'sure');
  const open = !suspicious && (placed || (headed && bare));
  const takes = ({ kind, weak }: Found): boolean => kind === 'unknown' && open && (!weak || sure);
  const some = sure || values.some(takes);
  return values.filter(
    (value) =>
      (placed || !isCount(value)) &&
      (value.kind === 'sure' || takes(value) || (value.kind === 'course' && some && (!value.weak || sure))),
  );
}

/** `errors: 3` and `Error: 404` without a place count or name something. */
const isCount = ({ name, y }: Found): boolean => Number.isInteger(y) && y !== 0 && ERROR.test(name);
