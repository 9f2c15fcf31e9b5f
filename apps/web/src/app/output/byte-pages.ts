const PAGE_BITS = 20;
const PAGE = 1 << PAGE_BITS;

/** A growing sequence of bytes in pages of 1 MiB: nothing is copied again when it grows. */
export class BytePages {
  private readonly pages: Uint8Array[] = [];
  length = 0;

  append(bytes: Uint8Array): void {
    let at = 0;
    while (at < bytes.length) {
      const offset = this.length & (PAGE - 1);
      const page = this.pages[this.length >>> PAGE_BITS] ?? this.grow();
      const piece = bytes.subarray(at, at + Math.min(PAGE - offset, bytes.length - at));
      page.set(piece, offset);
      this.length += piece.length;
      at += piece.length;
    }
  }

  /** The bytes of `[from, to)`; a view where they lie in one page, else a copy. */
  slice(from: number, to: number): Uint8Array {
    const first = from >>> PAGE_BITS;
    const offset = from & (PAGE - 1);
    if (to - from <= PAGE - offset)
      return (this.pages[first] ?? new Uint8Array(0)).subarray(offset, offset + to - from);
    const result = new Uint8Array(to - from);
    for (let at = from; at < to;) {
      const start = at & (PAGE - 1);
      const size = Math.min(PAGE - start, to - at);
      result.set((this.pages[at >>> PAGE_BITS] as Uint8Array).subarray(start, start + size), at - from);
      at += size;
    }
    return result;
  }

  private grow(): Uint8Array {
    const page = new Uint8Array(PAGE);
    this.pages.push(page);
    return page;
  }
}
