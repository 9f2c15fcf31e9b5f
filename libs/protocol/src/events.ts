import { z } from 'zod';
import { IdSchema } from './ids.js';
import type { InstanceView } from './instances.js';
import type { AttemptProgress } from './link.js';
import type { MachineView } from './machines.js';
import type { MetricUpdate } from './metrics.js';
import type { OutputFrame } from './output.js';
import type { PoolView } from './pools.js';
import type { FetchProgress, ProjectView } from './projects.js';
import type { RunView } from './runs.js';
import type { SweepView } from './sweeps.js';

export const EVENTS_PATH = '/socket.io/';
/** socket.io namespace of the browser, whose handshake brings the session cookie or `Authorization: Bearer`. */
export const EVENTS_NAMESPACE = '/events';

/** Server to browser. Runs, sweeps and projects reach their owner only, machines, instances and pools everyone. */
export interface ServerToBrowser {
  'run.changed': (run: RunView) => void;
  'run.deleted': (run: { id: string; projectId: string }) => void;
  'run.progress': (progress: AttemptProgress) => void;
  /** Artifacts of the run came, changed or went. */
  'artifact.changed': (run: { runId: string }) => void;
  'project.changed': (project: ProjectView) => void;
  /** While `POST projects {gitUrl}` is under way. */
  'project.fetching': (progress: FetchProgress) => void;
  'project.deleted': (project: { id: string }) => void;
  /** A sweep, or the runs of it. */
  'sweep.changed': (sweep: SweepView) => void;
  'sweep.deleted': (sweep: { id: string; projectId: string }) => void;
  'machine.changed': (machine: MachineView) => void;
  'machine.removed': (machine: { id: string }) => void;
  'instance.changed': (instance: InstanceView) => void;
  'pool.changed': (pool: PoolView) => void;
  'pool.removed': (pool: { id: string }) => void;
  /** Of watched runs only. May come before it is durable: same offset, same bytes. A gap is fetched by range. */
  output: (frame: OutputFrame, bytes: ArrayBuffer) => void;
  /** Of runs whose metrics are watched, at most four times a second. A gap in the counts is fetched again. */
  metrics: (update: MetricUpdate) => void;
}
export type ServerEvent = keyof ServerToBrowser;

export const WatchSchema = z.object({ runId: IdSchema });
export type Watch = z.infer<typeof WatchSchema>;
/** Frames after the answer are complete: fetch `[0, storedBytes)` by range, then append what comes. */
export type WatchReply =
  { ok: true; run: RunView; attempt: number; storedBytes: number } | { ok: false; message: string };

export type MetricWatchReply = { ok: true; attempt: number } | { ok: false; message: string };

/** Browser to server. */
export interface BrowserToServer {
  watch: (watch: Watch, ack: (reply: WatchReply) => void) => void;
  unwatch: (watch: Watch) => void;
  /** Updates after the answer are complete; many runs may be watched so, because their output does not come along. */
  'metrics.watch': (watch: Watch, ack: (reply: MetricWatchReply) => void) => void;
  'metrics.unwatch': (watch: Watch) => void;
}
