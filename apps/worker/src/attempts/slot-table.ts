/** Which attempt holds which slot. A slot's number names its workspaces, so it stays for the attempt's life. */
export class SlotTable {
  /** Null: its project is not known yet. */
  private readonly held = new Map<string, number | null>();
  private size = 0;

  resize(slots: number): void {
    this.size = slots;
  }

  get hasFree(): boolean {
    return this.held.size < this.size;
  }

  /** Keeps a slot for an attempt. The caller has asked `hasFree`; a restored attempt may exceed the size. */
  hold(key: string): void {
    if (!this.held.has(key)) this.held.set(key, null);
  }

  /** The first free of those that its project had, or else the lowest free number. */
  take(key: string, hadBefore: number[]): number {
    const known = this.held.get(key);
    if (known !== undefined && known !== null) return known;
    const used = new Set(this.held.values());
    let slot = hadBefore.find((number) => number < this.size && !used.has(number)) ?? 0;
    while (used.has(slot)) slot++;
    this.held.set(key, slot);
    return slot;
  }

  /** Puts back what the journal says. */
  restore(key: string, slot: number): void {
    this.held.set(key, slot);
  }

  release(key: string): void {
    this.held.delete(key);
  }
}
