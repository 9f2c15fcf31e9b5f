const KEPT_BYTES = 65_536;

/** What a machine has written to its console; the last 64 KiB are kept, as by the service. */
export class ConsoleLog {
  private text = Buffer.alloc(0);

  write(bytes: Buffer): void {
    const all = Buffer.concat([this.text, bytes]);
    this.text = all.length > KEPT_BYTES ? all.subarray(-KEPT_BYTES) : all;
  }

  read(): Buffer {
    return this.text;
  }
}
