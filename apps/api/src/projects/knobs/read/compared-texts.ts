/** More texts than this are a vocabulary, not a choice. */
export const MAX_COMPARED = 20;

/** By name, the texts that a program compares it with. */
export class ComparedTexts {
  private readonly byName = new Map<string, Set<string>>();

  add(name: string | null, texts: readonly string[]): void {
    if (name === null || texts.length === 0) return;
    const known = this.byName.get(name) ?? new Set();
    this.byName.set(name, known);
    for (const text of texts) if (known.size < MAX_COMPARED) known.add(text);
  }

  of(name: string): readonly string[] {
    return [...(this.byName.get(name) ?? [])];
  }
}
