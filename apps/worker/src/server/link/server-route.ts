import type { Agent } from 'node:http';

/** How the worker's connections reach the server. */
export interface ServerRoute {
  url: string;
  /**
   * Makes the connections where the server has dialled this worker, and those by TLS; null: they are dialled plainly.
   */
  agent: Agent | null;
}
