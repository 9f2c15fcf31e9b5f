/** Which attempt holds which slot. A slot's number names its workspaces, so it stays for the attempt's life. */
export class SlotTable {
  private readonly held = new Map<string, number>();
  private size = 0;

  resize(slots: number): void {
    this.size = slots;
  }

  get hasFree(): boolean {
    return this.held.size < this.size;
  }

  slotOf(key: string): number | undefined {
    return this.held.get(key);
  }

  /** The lowest free number. The caller has asked `hasFree`; a restored attempt may exceed the size. */
  take(key: string): number {
    const known = this.held.get(key);
    if (known !== undefined) return known;
    const used = new Set(this.held.values());
    let slot = 0;
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
