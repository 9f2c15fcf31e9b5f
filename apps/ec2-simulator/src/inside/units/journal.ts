const KEPT_BYTES = 262_144;

/** What the units have said since the boot; of each the last 256 KiB are kept. */
export class Journal {
  private readonly texts = new Map<string, string>();

  write(unit: string, text: string): void {
    const all = (this.texts.get(unit) ?? '') + text;
    this.texts.set(unit, all.length > KEPT_BYTES ? all.slice(-KEPT_BYTES / 2) : all);
  }

  /** A line of the manager itself about a unit. */
  note(unit: string, text: string): void {
    this.write(unit, `systemd: ${text}\n`);
  }

  read(units: readonly string[], lines: number | null): string {
    const text = [...this.texts]
      .map(([unit, said]) => (units.length === 0 || units.includes(unit) ? said : ''))
      .join('');
    if (lines === null) return text;
    const all = text.split('\n');
    return all.slice(Math.max(0, all.length - 1 - lines)).join('\n');
  }
}
