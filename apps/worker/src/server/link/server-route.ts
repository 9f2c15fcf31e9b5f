import type { Agent } from 'node:http';

/** How the worker's connections reach the server. */
export interface ServerRoute {
  url: string;
  /** Makes the connections where the server has dialled this worker; null: they are dialled. */
  agent: Agent | null;
}
