/** The server has the same rule: a test compares the two. */
const LABEL = /^[A-Za-z0-9._/-]{1,40}$/;
export const MOST_LABELS = 20;

/** Why a text cannot be added to the labels, or null. */
export function labelProblem(text: string, labels: readonly string[]): string | null {
  if (!LABEL.test(text)) return 'Use letters, digits and . _ / - in a label, at most 40.';
  if (labels.includes(text)) return `The machine has the label ${text} already.`;
  return labels.length >= MOST_LABELS ? `A machine has at most ${MOST_LABELS} labels.` : null;
}
