/** A name that a run chose, for a sentence of ours: it can neither begin a line of its own, nor colour or turn it. */
export function shownName(name: string): string {
  return name.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/gu, '\ufffd');
}
