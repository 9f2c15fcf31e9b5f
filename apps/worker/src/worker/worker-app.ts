import { setTimeout as delay } from 'node:timers/promises';
import { type Heartbeat, type HelloReply, type MachineSettings, VERSION } from '@mle/protocol';
import { AttemptTable } from '../attempts/attempt-table.js';
import { Preparation } from '../attempts/preparation.js';
import { SlotTable } from '../attempts/slot-table.js';
import type { WorkerSettings } from '../base/config/arguments.js';
import type { Environment } from '../base/config/environment.js';
import type { Logger } from '../base/logger.js';
import { Journal } from '../journal/journal.js';
import type { Identity } from '../machine/identity/identity.js';
import { establishIdentity, mayIsolate } from '../machine/identity/identity.js';
import { takeInventory } from '../machine/inventory/inventory.js';
import { InventoryWatch } from '../machine/inventory/inventory-watch.js';
import { GpuUsage } from '../machine/usage/gpu-usage.js';
import { LoadSampler } from '../machine/usage/load.js';
import { MachineUsage } from '../machine/usage/machine-usage.js';
import { ProcessUsage } from '../machine/usage/process-usage.js';
import { UsageReporter } from '../machine/usage/usage-reporter.js';
import { placeModule } from '../prepare/run/mle-module.js';
import { pathWithPython } from '../prepare/run/python-name.js';
import { Environments } from '../prepare/setup/environments.js';
import { BlobCache } from '../prepare/sync/blob-cache.js';
import { BlobFetcher } from '../prepare/sync/blob-fetcher.js';
import { BlobKeeper } from '../prepare/sync/blob-keeper.js';
import { Workspaces } from '../prepare/sync/workspaces.js';
import { ArtifactSender } from '../results/artifacts/artifact-sender.js';
import { LeftoverKeeper } from '../results/leftovers/leftover-keeper.js';
import { CredentialStore } from '../server/link/credential-store.js';
import { noteEnd } from '../server/link/end-file.js';
import { HeardFile } from '../server/link/heard-file.js';
import { Heart } from '../server/link/heartbeat.js';
import { Link } from '../server/link/link.js';
import { SecureAgent } from '../server/link/secure-agent.js';
import type { ServerRoute } from '../server/link/server-route.js';
import type { CarrierListener, DialHandlers } from '../server/listen/carrier-listener.js';
import { DeliveryConsumer } from '../server/queue/delivery-consumer.js';
import { SupervisorClient } from '../supervisor/supervisor-client.js';
import { SelfUpdate } from './self-update.js';

const SHUT_DOWN_REASON = 'server shut down';
/** After the longest stop: for the output that is still to be delivered, while the server answers. */
const DELIVERY_MS = 10_000;
/** The same while the server does not answer. */
const OFFLINE_DELIVERY_MS = 3_000;
const SUPERVISOR_RETRY_MS = 1_000;

function routeTo({ url, keyFile }: { url: string; keyFile: string | null }, log: Logger): ServerRoute {
  return { url, agent: url.startsWith('https:') ? new SecureAgent(keyFile, log) : null };
}

/** The parts of a worker and their order of start and end. */
export class WorkerApp {
  private readonly credentials: CredentialStore;
  private readonly route: ServerRoute;
  private readonly link: Link;
  private readonly journal: Journal;
  private readonly supervisor: SupervisorClient;
  private readonly slots = new SlotTable();
  private attempts: AttemptTable | null = null;
  private consumer: DeliveryConsumer | null = null;
  private heart: Heart | null = null;
  private usage: UsageReporter | null = null;
  private inventory: InventoryWatch | null = null;
  private machine: MachineSettings | null = null;
  private readonly update: SelfUpdate;
  private ending = false;
  private replacing = false;
  private announced = false;

  constructor(
    private readonly settings: WorkerSettings,
    private readonly environment: Environment,
    bundle: string,
    private readonly log: Logger,
    private readonly listener: CarrierListener | null,
    /** The worker of a newer server was taken: this one is to leave. */
    replaced: () => void,
  ) {
    this.credentials = new CredentialStore(settings.dataDir);
    const { server } = settings;
    this.route = listener?.route ?? routeTo(server.listen === null ? server : { url: '', keyFile: null }, log);
    this.link = new Link(this.route, this.credentials, server.listen === null ? server.joinToken : null, log);
    this.journal = new Journal(settings.dataDir);
    this.supervisor = new SupervisorClient(settings.dataDir, bundle, mayIsolate(settings.isolate), log);
    const tools = {
      route: this.route,
      idle: () => this.attempts?.refs().length === 0,
      atRest: () => this.attempts?.programs().length === 0,
      stopAsking: () => this.closeQueue(),
      leave: replaced,
    };
    this.update = new SelfUpdate(settings.updateDir, tools, log);
  }

  async start(): Promise<void> {
    const { dataDir } = this.settings;
    const entries = await this.journal.load();
    await this.credentials.load();
    if (!(await this.supervisor.attach())) await this.supervisor.start();
    this.supervisor.on('back', () => void this.attempts?.supervisorBack());
    this.supervisor.on('lost', () => void this.replaceSupervisor());
    const found = establishIdentity({ dataDir, path: this.environment.path, isolate: this.settings.isolate }, this.log);
    const identity = { ...found, path: pathWithPython(found) };
    const source = { dataDir, path: identity.path, isolated: identity.isolated };
    const inventory = await InventoryWatch.start(
      (before) => takeInventory(source, before),
      (now) => {
        pathWithPython(found);
        this.link.inventory(now);
      },
    );
    this.inventory = inventory;
    const cache = new BlobCache(dataDir);
    const fetcher = new BlobFetcher(this.link, cache);
    const keeper = new BlobKeeper(cache, this.environment.blobCacheBytes, this.log);
    const workspaces = new Workspaces(identity, cache, fetcher, keeper);
    const artifacts = new ArtifactSender(this.link);
    const leftovers = new LeftoverKeeper(workspaces, artifacts);
    const environments = new Environments(identity, cache, this.log);
    await environments.restore(entries);
    const attempts = this.makeTable(identity, inventory, workspaces, artifacts, environments);
    this.attempts = attempts;
    await attempts.restore(entries);
    void keeper.prune();
    const gpus = new GpuUsage(() => inventory.current.gpus.length > 0, identity.path);
    const load = new LoadSampler(gpus);
    const heard = new HeardFile(dataDir);
    const heartbeat = (): Heartbeat => ({ attempts: attempts.refs(), load: load.sample() });
    this.heart = new Heart(this.link, heartbeat, () => heard.note(), this.log);
    this.usage = new UsageReporter(
      new MachineUsage(gpus),
      new ProcessUsage(),
      () => attempts.programs(),
      (usage) => this.link.resources(usage),
    );
    this.link.on('online', (reply) => this.onOnline(reply));
    this.link.on('offline', () => this.consumer?.reconsider());
    this.link.connect({
      hello: () => ({
        version: VERSION,
        name: this.settings.name,
        inventory: inventory.current,
        properties: this.settings.properties,
        attempts: attempts.refs(),
      }),
      outdated: () => this.update.serverRefuses(),
      stop: (request) => attempts.stop(request),
      discard: (ref) => attempts.discard(ref),
      leftovers: (request) => leftovers.settle(request),
      settings: (settings) => this.apply(settings),
      chunk: (chunk, bytes) => fetcher.chunk(chunk, bytes),
      blobEnd: (end) => fetcher.blobEnd(end),
    });
  }

  /** To the server that has dialled this worker: it is answered as if it had been dialled. */
  get dialHandlers(): DialHandlers {
    return { welcome: (credential) => this.link.adopt(credential), release: () => this.link.forget() };
  }

  /** Goodbye; the supervisor and the runs stay, for the next worker. */
  async leave(): Promise<void> {
    await this.stopAsking();
    await this.link.goodbye().catch(() => undefined);
    this.supervisor.disconnect();
    this.endLink();
  }

  /** Stops the runs as the button does, delivers what they said, and ends with the supervisor. */
  async stopRunsAndEnd(): Promise<void> {
    this.log.info('The runs are stopped: the server shuts down.');
    await this.stopAsking();
    await this.attempts?.stopAll(SHUT_DOWN_REASON);
    const begun = performance.now();
    const stopMs = this.environment.stopGraceMs + this.environment.stopTermMs + DELIVERY_MS;
    let onlineAt = begun;
    while (this.attempts !== null && !this.attempts.empty && performance.now() - begun < stopMs) {
      if (this.link.online || this.attempts.programsRun) onlineAt = performance.now();
      if (performance.now() - onlineAt > OFFLINE_DELIVERY_MS) break;
      await delay(20);
    }
    await this.link.goodbye().catch(() => undefined);
    await this.supervisor.shutdown();
    this.endLink();
  }

  async killRunsAndEnd(): Promise<void> {
    this.log.info('The runs are killed.');
    this.ending = true;
    await this.attempts?.killAll().catch(() => undefined);
    await this.supervisor.shutdown();
    this.endLink();
  }

  private makeTable(
    identity: Identity,
    inventory: InventoryWatch,
    workspaces: Workspaces,
    artifacts: ArtifactSender,
    environments: Environments,
  ): AttemptTable {
    const { home, lang } = this.environment;
    const shared = { link: this.link, supervisor: this.supervisor, workspaces, environments };
    const tools = {
      ...shared,
      artifacts,
      journal: this.journal,
      preparation: new Preparation({ ...shared, identity, inventory, home, python: placeModule(identity), lang }),
    };
    return new AttemptTable(tools, this.slots, this.log, () => {
      this.update.consider();
      this.consumer?.reconsider();
    });
  }

  private async stopAsking(): Promise<void> {
    this.attempts?.close();
    await this.closeQueue();
  }

  private async closeQueue(): Promise<void> {
    this.ending = true;
    await this.consumer?.close();
  }

  private endLink(): void {
    this.heart?.stop();
    this.usage?.stop();
    this.inventory?.stop();
    this.link.close();
    this.listener?.close();
  }

  private onOnline(reply: HelloReply): void {
    this.apply(reply.settings);
    this.attempts?.onHello(reply);
    void this.inventory?.look();
    if (this.consumer?.machineId !== reply.machineId) this.ask(reply.machineId);
    this.consumer?.reconsider();
    const updates = this.update.serverIs(reply.serverVersion);
    if (this.announced) return;
    this.announced = true;
    if (!updates && reply.serverVersion !== undefined && reply.serverVersion !== VERSION) {
      this.log.warn(
        `This worker is of version ${VERSION} and the server of version ${reply.serverVersion}. Download the worker again from /worker/worker.mjs of the server and start it again.`,
      );
    }
    process.stdout.write(
      `${JSON.stringify({ msg: 'worker ready', machineId: reply.machineId, name: reply.settings.name, pid: process.pid })}\n`,
    );
  }

  private ask(machineId: string): void {
    void this.consumer?.close();
    const address = { route: this.route, credential: () => this.credentials.credential ?? '' };
    this.consumer = new DeliveryConsumer(
      address,
      machineId,
      {
        wanted: () => !this.ending && this.link.online && this.machine?.draining === false && this.slots.hasFree,
        deliver: (delivery) => (this.attempts as AttemptTable).deliver(delivery),
      },
      this.log,
    );
  }

  private apply(settings: MachineSettings): void {
    this.machine = settings;
    this.slots.resize(settings.slots);
    if (settings.endsAt !== undefined) noteEnd(this.settings.dataDir, settings.endsAt);
    this.consumer?.reconsider();
  }

  private async replaceSupervisor(): Promise<void> {
    if (this.ending || this.replacing) return;
    this.replacing = true;
    this.log.error('The supervisor of the runs is gone. Its runs are killed, and a new one is started.');
    for (;;) {
      try {
        await this.supervisor.start();
        break;
      } catch (error) {
        this.log.error({ err: error }, 'No supervisor can be started now. It is tried again.');
        await delay(SUPERVISOR_RETRY_MS);
      }
    }
    this.replacing = false;
    await this.attempts?.supervisorBack();
  }
}
