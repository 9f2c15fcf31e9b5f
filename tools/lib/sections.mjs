/**
 * A report of works that are under way at the same time: the first that began is shown as it goes, each other one is
 * held back until those before it are over, so that no two are mixed.
 */
export class Sections {
  /** @type {{ held: Uint8Array[], over: boolean }[]} */
  #open = [];
  #write;

  /** @param {(bytes: Uint8Array) => void} write */
  constructor(write) {
    this.#write = write;
  }

  /** @returns {{ write(bytes: Uint8Array | string): void, end(): void }} */
  begin() {
    const section = { held: /** @type {Uint8Array[]} */ ([]), over: false };
    this.#open.push(section);
    return {
      write: (bytes) => {
        section.held.push(typeof bytes === 'string' ? Buffer.from(bytes) : bytes);
        this.#show();
      },
      end: () => {
        section.over = true;
        this.#show();
      },
    };
  }

  #show() {
    for (let first = this.#open[0]; first; first = this.#open[0]) {
      for (const bytes of first.held.splice(0)) this.#write(bytes);
      if (!first.over) return;
      this.#open.shift();
    }
  }
}
