import { Agent } from 'node:http';
import type { Duplex } from 'node:stream';

/** Gives HTTP clients connections that the server has dialled, where they would dial the server. */
export class CarrierAgent extends Agent {
  constructor(private readonly openStream: () => Promise<Duplex>) {
    super({ keepAlive: false });
  }

  override createConnection(_options: unknown, callback?: (error: Error | null, stream: Duplex) => void): undefined {
    this.openStream().then(
      (stream) => callback?.(null, stream),
      (error: unknown) => callback?.(error instanceof Error ? error : new Error(String(error)), undefined as never),
    );
    return undefined;
  }
}
