/** Of a comment that is looked at. */
const MAX_COMMENT = 500;

const QUOTED = /(?<![A-Za-z0-9])(?:"([^"\\]{1,100})"|'([^'\\]{1,100})'|`([^`\\]{1,100})`)(?![A-Za-z0-9])/g;
const OFFERS = /\bor\b|\bone of\b|\bchoices?\b|\boptions?\b|\||\{/i;

/** The values that a comment such as `# or "relu"` offers beside the one in the code. */
export function textsInComment(comment: string, value: string): string[] {
  const text = comment.slice(0, MAX_COMMENT);
  const quoted = [...text.matchAll(QUOTED)].map(([, double, single, back]) => double ?? single ?? back ?? '');
  return OFFERS.test(text) || quoted.includes(value) ? quoted : [];
}
