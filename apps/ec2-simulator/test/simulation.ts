import type { EC2ServiceException } from '@aws-sdk/client-ec2';
import { EC2Client } from '@aws-sdk/client-ec2';
import { type Simulator, type SimulatorOptions, startSimulator } from '@mle/simulated-ec2';

const BUNDLE = process.env['MLE_TEST_SIMULATOR_BUNDLE'] ?? '';

/** A simulator of the code as it is now, and a client for it. */
export interface Simulation {
  simulator: Simulator;
  ec2: EC2Client;
  /** A client for another region, or with other keys. */
  client(options: Partial<Simulator['clientOptions']>): EC2Client;
  stop(): Promise<void>;
}

export async function startSimulation(options: SimulatorOptions = {}): Promise<Simulation> {
  const simulator = await startSimulator({ bundle: BUNDLE, ...options });
  const clients: EC2Client[] = [];
  const client = (changes: Partial<Simulator['clientOptions']>): EC2Client => {
    const made = new EC2Client({ ...simulator.clientOptions, ...changes, maxAttempts: 1 });
    clients.push(made);
    return made;
  };
  return {
    simulator,
    ec2: client({}),
    client,
    async stop() {
      for (const made of clients) made.destroy();
      await simulator.stop();
    },
  };
}

/** The error that a call fails with. */
export async function failure(call: Promise<unknown>): Promise<EC2ServiceException> {
  try {
    await call;
  } catch (error) {
    return error as EC2ServiceException;
  }
  throw new Error('The call did not fail.');
}

/** Waits until something is so, and says what it was if it never is. */
export async function until<T>(
  what: string,
  look: () => Promise<T | null | undefined | false>,
  ms = 60_000,
): Promise<T> {
  const end = Date.now() + ms;
  for (;;) {
    const found = await look();
    if (found !== null && found !== undefined && found !== false) return found;
    if (Date.now() > end) throw new Error(`Waited in vain: ${what}.`);
    await new Promise((resolve) => void setTimeout(resolve, 25));
  }
}
