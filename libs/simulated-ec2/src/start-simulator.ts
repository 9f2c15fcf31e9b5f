import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { type Announcement, AnnouncementSchema, type SimulatorOptions } from './settings.js';
import { SimulatorControl } from './simulator-control.js';

const BUNDLE = resolve(import.meta.dirname, '../../../dist/apps/ec2-simulator/main.mjs');
const START_MS = 30_000;

export interface StartOptions extends SimulatorOptions {
  /** The bundle to run, where it is not the one that the build makes. */
  bundle?: string;
}

/** A simulator that runs in a process of its own, and what tests do with it. It ends when this process does. */
export class Simulator extends SimulatorControl {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: Announcement['credentials'];
  /** Where its instances run. */
  readonly machines: Announcement['machines'];

  constructor(
    announcement: Announcement,
    private readonly child: ChildProcess,
    private readonly errors: () => string,
  ) {
    super(announcement.endpoint, announcement.controlToken);
    this.endpoint = announcement.endpoint;
    this.region = announcement.region;
    this.credentials = announcement.credentials;
    this.machines = announcement.machines;
  }

  /** The options of an SDK client. */
  get clientOptions() {
    return { endpoint: this.endpoint, region: this.region, credentials: this.credentials };
  }

  /** The variables that lead another process' SDK here. */
  get environment(): Record<string, string> {
    const services = ['EC2', 'STS', 'SSM', 'SERVICE_QUOTAS', 'PRICING'];
    return {
      ...Object.fromEntries(services.map((service) => [`AWS_ENDPOINT_URL_${service}`, this.endpoint])),
      AWS_REGION: this.region,
      AWS_ACCESS_KEY_ID: this.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: this.credentials.secretAccessKey,
    };
  }

  /** What the simulator has said on standard error. */
  get log(): string {
    return this.errors();
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** Ends the simulator and all of its machines. */
  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exited = once(this.child, 'exit');
    (this.child.stdio[3] as Writable).end();
    const timer = setTimeout(() => this.child.kill('SIGKILL'), 30_000);
    await exited;
    clearTimeout(timer);
  }
}

/** Starts a simulator on a free port and waits until it listens. */
export async function startSimulator({ bundle = BUNDLE, ...options }: StartOptions = {}): Promise<Simulator> {
  if (!existsSync(bundle)) throw new Error('The simulator is not built. Run: npx nx build ec2-simulator');
  const child = spawn(process.execPath, [bundle, '--port', '0', '--lifeline-fd', '3', '--settings-stdin'], {
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
  });
  let errors = '';
  child.stderr?.on('data', (bytes: Buffer) => (errors = (errors + bytes.toString()).slice(-1_000_000)));
  // A simulator that ended before it read them says why by itself.
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(JSON.stringify(options));
  const timer = setTimeout(() => child.kill('SIGKILL'), START_MS);
  try {
    const announcement = await firstLine(child.stdout);
    if (announcement === null) throw new Error(`The simulator did not start: ${errors.trim()}`);
    return new Simulator(AnnouncementSchema.parse(JSON.parse(announcement)), child, () => errors);
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

async function firstLine(stream: Readable): Promise<string | null> {
  const lines = createInterface(stream);
  const line = await new Promise<string | null>((resolve) => {
    lines.once('line', resolve);
    lines.once('close', () => resolve(null));
  });
  lines.removeAllListeners();
  stream.resume();
  return line;
}
