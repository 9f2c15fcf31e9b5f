import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { promisify } from 'node:util';
import type { AttemptRef, RunSpec } from '@mle/protocol';
import { PrepareError } from '../base/prepare-error.js';
import { attemptKey } from '../journal/attempt-key.js';
import { FILES } from '../journal/records.js';
import type { Identity, RunUser } from '../machine/identity/identity.js';
import type { InventoryWatch } from '../machine/inventory/inventory-watch.js';
import { commandLine } from '../prepare/run/command-line.js';
import { containerRemoval, containerRun, envFileText, INSIDE } from '../prepare/run/container.js';
import { NotRunnable } from '../prepare/run/not-runnable.js';
import { gpuEnvironment, runEnvironment } from '../prepare/run/run-environment.js';
import type { Environments } from '../prepare/setup/environments.js';
import { activated } from '../prepare/setup/environments.js';
import type { PreparedPlaces, Workspaces } from '../prepare/sync/workspaces.js';
import type { Link } from '../server/link/link.js';
import type { ListedUser, SetupEnd, SetupRequest, SpawnRequest } from '../supervisor/protocol.js';
import type { SupervisorClient } from '../supervisor/supervisor-client.js';
import { TimeLimit } from './time-limit.js';

interface PreparationTools {
  link: Link;
  supervisor: SupervisorClient;
  workspaces: Workspaces;
  environments: Environments;
  identity: Identity;
  inventory: InventoryWatch;
  home: string;
  /** The folder of `mle.py`. */
  python: string;
  lang: string;
}

/** The attempt as it is in the journal. */
interface Journaled {
  spec: RunSpec;
  slot: number;
  folder: string;
}

interface Prepared extends Journaled {
  user: RunUser;
  limit: TimeLimit;
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

  /** Throws `PrepareError`, `NotRunnable` or `LimitPassed` with a sentence for the user, or the signal's reason. */
  async prepare(
    journaled: Journaled,
    attached: Promise<unknown>,
    signal: AbortSignal,
  ): Promise<Omit<SpawnRequest, 'op'>> {
    const { spec, slot, folder } = journaled;
    const limit = new TimeLimit(spec.timeoutSeconds, folder);
    const { identity, workspaces, link } = this.tools;
    const user = identity.userOf(spec, slot);
    const attempt = { ...journaled, user, limit };
    if (spec.settings.image !== null) await this.checkDocker(spec.settings.image);
    const places = await workspaces.prepare(
      spec,
      slot,
      user,
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
      stopGraceMs: spec.stopGraceMs,
    };
    if (spec.settings.image !== null) {
      await attached;
      signal.throwIfAborted();
      const start = await this.inContainer(attempt, places, spec.settings.image, signal);
      return { ...common, ...start, spentMs: limit.spentMs };
    }
    const env = this.environment(spec, user, places);
    const command = await commandLine(spec, places.workspace, this.tools.inventory.current.node);
    let environment: string | null = null;
    if (wantsPython(spec)) {
      await attached;
      signal.throwIfAborted();
      environment = await this.reported(attempt, signal, (within) => this.setUp(attempt, places, env, within));
    }
    return {
      ...common,
      ...command,
      env: environment === null ? env : { ...env, ...activated(env, environment) },
      uid: user.uid,
      gid: user.uid,
      user: listed(user),
      cleanup: null,
      spentMs: limit.spentMs,
    };
  }

  /** After a program of an attempt was killed without its supervisor. */
  async removeContainer(ref: AttemptRef): Promise<void> {
    await this.docker(containerRemoval(ref)).catch(() => undefined);
  }

  private environment(spec: RunSpec, user: RunUser, places: PreparedPlaces): Record<string, string> {
    const { identity, python, home, lang } = this.tools;
    return {
      ...runEnvironment(spec, {
        ...places,
        home: places.home ?? home,
        user: user.name,
        path: identity.path,
        python,
        lang,
      }),
      ...gpuEnvironment(spec.gpus),
    };
  }

  private async setUp(
    attempt: Prepared,
    places: PreparedPlaces,
    env: Record<string, string>,
    signal: AbortSignal,
  ): Promise<string | null> {
    const { spec, user, folder } = attempt;
    return this.tools.environments.ensure({
      spec,
      user,
      files: places.files,
      workspace: places.workspace,
      env,
      journal: folder,
      signal,
      tell: (text) => this.note(spec, text),
      step: (argv, cwd, stepEnv) =>
        this.step(attempt, { argv, cwd, env: stepEnv, uid: user.uid, gid: user.uid, user: listed(user) }, signal),
    });
  }

  /** The set-up within the time limit. Tells the server that it goes on, for as long as it does. */
  private async reported<T>(
    { spec, limit }: Prepared,
    signal: AbortSignal,
    setUp: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const timer = setInterval(() => this.tell(spec), PROGRESS_EVERY_MS);
    try {
      return await limit.during(signal, setUp);
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
    { spec, limit }: Prepared,
    program: Omit<SetupRequest, 'op' | 'key' | 'timeoutSeconds'>,
    signal: AbortSignal,
  ): Promise<SetupEnd> {
    signal.throwIfAborted();
    this.tell(spec);
    const timeoutSeconds = Math.min(SETUP_SECONDS, Math.ceil(limit.leftMs / 1000));
    const end = await this.tools.supervisor.setup({ key: attemptKey(spec), timeoutSeconds, ...program });
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
    attempt: Prepared,
    places: PreparedPlaces,
    image: string,
    signal: AbortSignal,
  ): Promise<Pick<SpawnRequest, 'argv' | 'headline' | 'env' | 'uid' | 'gid' | 'user' | 'cleanup'>> {
    const { spec, user, folder } = attempt;
    const { identity, inventory, home, lang } = this.tools;
    const { argv, headline } = await commandLine(spec, places.workspace, null);
    // The client is the worker's own: nothing of the run's environment may reach it but what names the run.
    const env = {
      PATH: identity.path,
      HOME: home,
      LANG: lang,
      MLE_RUN_ID: spec.runId,
      MLE_ATTEMPT: String(spec.attempt),
    };
    const envFile = join(folder, FILES.containerEnv);
    const inside = runEnvironment(spec, {
      ...INSIDE,
      home: INSIDE.cacheDir,
      user: user.name,
      path: '',
      // An image may have a PYTHONPATH of its own.
      python: null,
      lang: 'C.UTF-8',
    });
    // These are the image's own, unless the run says otherwise.
    for (const name of ['PATH', 'TMPDIR']) if (spec.env[name] === undefined) delete inside[name];
    await writeFile(envFile, envFileText(inside), { mode: 0o600 });
    const known = await this.docker(['docker', 'image', 'inspect', image]).then(
      () => true,
      () => false,
    );
    if (!known) {
      await this.note(spec, `Fetching the image ${image}.\n`);
      const pull = { argv: ['docker', 'pull', image], cwd: '/', env, uid: null, gid: null, user: null };
      const pulled = await this.reported(attempt, signal, (within) => this.step(attempt, pull, within));
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
        uid: user.uid ?? process.getuid?.() ?? 0,
        gid: user.uid ?? process.getgid?.() ?? 0,
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
      user: null,
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

/** The home that stays: one entry has to do for all runs of the user. */
function listed({ name, home }: RunUser): ListedUser | null {
  return home === null ? null : { name, home };
}

function wantsPython({ settings, file }: RunSpec): boolean {
  if (settings.setup === 'off') return false;
  return settings.command !== null || file === null || !WITHOUT_PYTHON.includes(extname(file).toLowerCase());
}
