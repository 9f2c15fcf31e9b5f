/** A row of two texts side by side; null where the other side has a line more. */
interface DiffRow {
  left: string | null;
  right: string | null;
  same: boolean;
}

/** Beyond this the middle is shown as one changed block: the table of the comparison would not fit. */
const MAX_CELLS = 4_000_000;

/** Lines of both texts in step: those in common beside each other, others alone. */
export function diffLines(leftText: string, rightText: string): DiffRow[] {
  const left = leftText.split('\n');
  const right = rightText.split('\n');
  let head = 0;
  while (head < left.length && head < right.length && left[head] === right[head]) head++;
  let tail = 0;
  while (tail < left.length - head && tail < right.length - head && left.at(-1 - tail) === right.at(-1 - tail)) tail++;
  const equal = (lines: string[]): DiffRow[] => lines.map((line) => ({ left: line, right: line, same: true }));
  return [
    ...equal(left.slice(0, head)),
    ...middle(left.slice(head, left.length - tail), right.slice(head, right.length - tail)),
    ...equal(left.slice(left.length - tail)),
  ];
}

function middle(left: string[], right: string[]): DiffRow[] {
  const matches = left.length * right.length <= MAX_CELLS ? longestCommon(left, right) : [];
  const rows: DiffRow[] = [];
  let l = 0;
  let r = 0;
  for (const [matchLeft, matchRight] of [...matches, [left.length, right.length] as const]) {
    while (l < matchLeft || r < matchRight)
      rows.push({
        left: l < matchLeft ? (left[l++] ?? null) : null,
        right: r < matchRight ? (right[r++] ?? null) : null,
        same: false,
      });
    if (l < left.length && r < right.length) rows.push({ left: left[l++] ?? '', right: right[r++] ?? '', same: true });
  }
  return rows;
}

/** Index pairs of a longest common subsequence. */
function longestCommon(left: string[], right: string[]): [number, number][] {
  const width = right.length + 1;
  const lengths = new Uint32Array((left.length + 1) * width);
  for (let l = left.length - 1; l >= 0; l--) {
    for (let r = right.length - 1; r >= 0; r--) {
      const at = l * width + r;
      lengths[at] =
        left[l] === right[r]
          ? (lengths[at + width + 1] ?? 0) + 1
          : Math.max(lengths[at + width] ?? 0, lengths[at + 1] ?? 0);
    }
  }
  const pairs: [number, number][] = [];
  for (let l = 0, r = 0; l < left.length && r < right.length;) {
    if (left[l] === right[r]) pairs.push([l++, r++]);
    else if ((lengths[(l + 1) * width + r] ?? 0) >= (lengths[l * width + r + 1] ?? 0)) l++;
    else r++;
  }
  return pairs;
}
