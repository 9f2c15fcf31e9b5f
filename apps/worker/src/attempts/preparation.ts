import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { promisify } from 'node:util';
import type { AttemptRef, RunSpec } from '@mle/protocol';
import { PrepareError } from '../base/prepare-error.js';
import { attemptKey } from '../journal/attempt-key.js';
import { FILES } from '../journal/records.js';
import type { Identity } from '../machine/identity/identity.js';
import type { InventoryWatch } from '../machine/inventory/inventory-watch.js';
import { commandLine } from '../prepare/run/command-line.js';
import { containerRemoval, containerRun, envFileText, INSIDE } from '../prepare/run/container.js';
import { NotRunnable } from '../prepare/run/not-runnable.js';
import { gpuEnvironment, runEnvironment } from '../prepare/run/run-environment.js';
import type { Environments } from '../prepare/setup/environments.js';
import { activated } from '../prepare/setup/environments.js';
import type { PreparedPlaces, Workspaces } from '../prepare/sync/workspaces.js';
import type { Link } from '../server/link/link.js';
import type { SetupEnd, SpawnRequest } from '../supervisor/protocol.js';
import type { SupervisorClient } from '../supervisor/supervisor-client.js';

interface PreparationTools {
  link: Link;
  supervisor: SupervisorClient;
  workspaces: Workspaces;
  environments: Environments;
  identity: Identity;
  inventory: InventoryWatch;
  home: string;
  lang: string;
}

/** The attempt as it is in the journal. */
interface Prepared {
  spec: RunSpec;
  slot: number;
  folder: string;
}

/** A program of the set-up that is not over by then hangs, or should have its result in the image. */
const SETUP_SECONDS = 3600;
/** So that a page which is opened meanwhile shows it too. */
const PROGRESS_EVERY_MS = 2_000;
const DOCKER_MS = 30_000;
/** Programs of these need no Python. */
const WITHOUT_PYTHON = ['.js', '.mjs', '.cjs', '.ts', '.mts'];

/** What happens between the claim of an attempt and its start: files, set-up, command and environment. */
export class Preparation {
  constructor(private readonly tools: PreparationTools) {}

  /** Throws `PrepareError` or `NotRunnable` with a sentence for the user, or the signal's reason. */
  async prepare(attempt: Prepared, attached: Promise<unknown>, signal: AbortSignal): Promise<Omit<SpawnRequest, 'op'>> {
    const { spec, slot, folder } = attempt;
    const { identity, workspaces, link } = this.tools;
    if (spec.settings.image !== null) await this.checkDocker(spec.settings.image);
    const places = await workspaces.prepare(
      spec,
      slot,
      (progress) => link.progress({ runId: spec.runId, attempt: spec.attempt, ...progress }),
      signal,
    );
    const key = attemptKey(spec);
    const common = {
      key,
      folder,
      quotaBytes: spec.outputQuotaBytes,
      cwd: places.workspace,
      timeoutSeconds: spec.timeoutSeconds,
    };
    if (spec.settings.image !== null) {
      await attached;
      signal.throwIfAborted();
      return { ...common, ...(await this.inContainer(attempt, places, spec.settings.image, signal)) };
    }
    const uid = identity.uidOf(slot);
    const env = this.environment(spec, places);
    const command = await commandLine(spec, places.workspace, this.tools.inventory.current.node);
    let environment: string | null = null;
    if (wantsPython(spec)) {
      await attached;
      signal.throwIfAborted();
      environment = await this.reported(spec, () => this.setUp(attempt, places, env, signal));
    }
    return {
      ...common,
      ...command,
      env: environment === null ? env : { ...env, ...activated(env, environment) },
      uid,
      gid: uid,
      cleanup: null,
    };
  }

  /** After a program of an attempt was killed without its supervisor. */
  async removeContainer(ref: AttemptRef): Promise<void> {
    await this.docker(containerRemoval(ref)).catch(() => undefined);
  }

  private environment(spec: RunSpec, places: PreparedPlaces): Record<string, string> {
    const { identity, home, lang } = this.tools;
    return {
      ...runEnvironment(spec, { ...places, home: places.home ?? home, path: identity.path, lang }),
      ...gpuEnvironment(spec.gpus),
    };
  }

  private async setUp(
    { spec, slot, folder }: Prepared,
    places: PreparedPlaces,
    env: Record<string, string>,
    signal: AbortSignal,
  ): Promise<string | null> {
    const uid = this.tools.identity.uidOf(slot);
    return this.tools.environments.ensure({
      spec,
      slot,
      files: places.files,
      workspace: places.workspace,
      env,
      journal: folder,
      signal,
      tell: (text) => this.note(spec, text),
      step: (argv, cwd, stepEnv) => this.step(spec, { argv, cwd, env: stepEnv, uid, gid: uid }, signal),
    });
  }

  /** Tells the server that the set-up goes on, for as long as it does. */
  private async reported<T>(ref: AttemptRef, work: () => Promise<T>): Promise<T> {
    const timer = setInterval(() => this.tell(ref), PROGRESS_EVERY_MS);
    try {
      return await work();
    } finally {
      clearInterval(timer);
    }
  }

  private tell({ runId, attempt }: AttemptRef): void {
    this.tools.link.progress({
      runId,
      attempt,
      phase: 'setup',
      filesDone: 0,
      filesTotal: 0,
      bytesDone: 0,
      bytesTotal: 0,
    });
  }

  private async step(
    ref: AttemptRef,
    program: { argv: string[]; cwd: string; env: Record<string, string>; uid: number | null; gid: number | null },
    signal: AbortSignal,
  ): Promise<SetupEnd> {
    signal.throwIfAborted();
    this.tell(ref);
    const end = await this.tools.supervisor.setup({ key: attemptKey(ref), timeoutSeconds: SETUP_SECONDS, ...program });
    signal.throwIfAborted();
    if (end === null) throw new PrepareError('The attempt was over before its set-up.');
    return end;
  }

  private async note(ref: AttemptRef, text: string): Promise<void> {
    await this.tools.supervisor.request({ op: 'note', key: attemptKey(ref), stream: 'system', text });
  }

  /** It may have been started since the last look. */
  private async checkDocker(image: string): Promise<void> {
    const { inventory } = this.tools;
    if (inventory.current.docker !== null || (await inventory.look()).docker !== null) return;
    throw new NotRunnable(
      `The project runs in the image ${image}, and Docker does not answer on this machine. Install and start it there, run on another machine, or take the image out of the project's settings.`,
    );
  }

  private async inContainer(
    { spec, slot, folder }: Prepared,
    places: PreparedPlaces,
    image: string,
    signal: AbortSignal,
  ): Promise<Pick<SpawnRequest, 'argv' | 'headline' | 'env' | 'uid' | 'gid' | 'cleanup'>> {
    const { identity, inventory, home, lang } = this.tools;
    const { argv, headline } = await commandLine(spec, places.workspace, null);
    const own = identity.uidOf(slot);
    // The client is the worker's own: nothing of the run's environment may reach it but what names the run.
    const env = {
      PATH: identity.path,
      HOME: home,
      LANG: lang,
      MLE_RUN_ID: spec.runId,
      MLE_ATTEMPT: String(spec.attempt),
    };
    const envFile = join(folder, FILES.containerEnv);
    const inside = runEnvironment(spec, { ...INSIDE, home: INSIDE.cacheDir, path: '', lang: 'C.UTF-8' });
    // These are the image's own, unless the run says otherwise.
    for (const name of ['PATH', 'TMPDIR']) if (spec.env[name] === undefined) delete inside[name];
    await writeFile(envFile, envFileText(inside), { mode: 0o600 });
    const known = await this.docker(['docker', 'image', 'inspect', image]).then(
      () => true,
      () => false,
    );
    if (!known) {
      await this.note(spec, `Fetching the image ${image}.\n`);
      const pulled = await this.reported(spec, () =>
        this.step(spec, { argv: ['docker', 'pull', image], cwd: '/', env, uid: null, gid: null }, signal),
      );
      if (pulled.exitCode !== 0)
        throw new PrepareError(
          `The image ${image} could not be fetched: docker pull ended with ${pulled.exitCode === null ? pulled.signal : `exit code ${pulled.exitCode}`}. Its output says why.`,
        );
    }
    return {
      argv: containerRun({
        ref: spec,
        image,
        argv,
        uid: own ?? process.getuid?.() ?? 0,
        gid: own ?? process.getgid?.() ?? 0,
        gpus: spec.gpus.length === 0 && inventory.current.gpus.length > 0 ? 'all' : spec.gpus,
        envFile,
        workspace: places.workspace,
        outputDir: places.outputDir,
        cacheDir: places.cacheDir,
      }),
      headline,
      env,
      uid: null,
      gid: null,
      cleanup: containerRemoval(spec),
    };
  }

  private async docker([file = '', ...args]: string[]): Promise<void> {
    const { identity, home } = this.tools;
    await promisify(execFile)(file, args, {
      cwd: '/',
      env: { PATH: identity.path, HOME: home },
      timeout: DOCKER_MS,
      maxBuffer: 16 * 1024 * 1024,
    });
  }
}

function wantsPython({ settings, file }: RunSpec): boolean {
  if (settings.setup === 'off') return false;
  return settings.command !== null || file === null || !WITHOUT_PYTHON.includes(extname(file).toLowerCase());
}
