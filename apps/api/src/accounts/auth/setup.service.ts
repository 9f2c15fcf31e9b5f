import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Setup, UserView } from '@mle/protocol';
import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { CONFIG, type Config } from '../../platform/config/config.js';
import { ConfigError } from '../../platform/config/config-error.js';
import { conflict, forbidden, ProblemError } from '../../platform/http/problem.js';
import { logger } from '../../platform/logging/logger.js';
import { randomToken, sameSecret } from '../../platform/secrets/secret-token.js';
import { ProjectCreationService } from '../../projects/creation/project-creation.service.js';
import { UsersService } from '../users/users.service.js';

const HOUR_MS = 3_600_000;
/** How long the set-up link is good. */
const GOOD_MS = 24 * HOUR_MS;

/**
 * Makes the first user: from the environment, or by the one-time link that only the owner of the data directory can
 * read.
 */
@Injectable()
export class SetupService implements OnApplicationBootstrap {
  private readonly file: string;

  constructor(
    private readonly users: UsersService,
    private readonly creation: ProjectCreationService,
    @Inject(CONFIG) private readonly config: Config,
  ) {
    this.file = join(config.dataDir, 'setup-token');
  }

  async onApplicationBootstrap(): Promise<void> {
    const { adminLogin, adminPassword } = this.config;
    if (await this.users.isEmpty()) {
      if (adminLogin === null || adminPassword === null) {
        // One that is there was printed already: it stays good for its time.
        if (await this.hasExpired()) await rm(this.file, { force: true });
        await writeFile(this.file, randomToken(), { mode: 0o600, flag: 'wx' }).catch(ignoreExisting);
        return;
      }
      await this.first(adminLogin, adminPassword).catch((error: unknown) => {
        if (error instanceof ProblemError) throw new ConfigError([`MLE_ADMIN_PASSWORD: ${error.detail}`]);
        throw error;
      });
    }
    await rm(this.file, { force: true });
  }

  needed(): Promise<boolean> {
    return this.users.isEmpty();
  }

  /** @throws ProblemError when there is a user already, or the token is not the one of the link. */
  async setUp({ token, login, password }: Setup): Promise<UserView> {
    const expected = await readFile(this.file, 'utf8').catch(() => null);
    if (expected === null || !(await this.needed()))
      throw conflict('setup.done', 'The first user has been made already. Log in instead.');
    if (!sameSecret(token.trim(), expected.trim()))
      throw forbidden(
        'setup.wrong_token',
        'This set-up link is not the one that the server printed. Use the newest one.',
      );
    if (await this.hasExpired())
      throw forbidden(
        'setup.expired',
        `This set-up link was good for ${GOOD_MS / HOUR_MS} hours. Start the server again: it prints a new one.`,
      );
    const user = await this.first(login, password);
    await rm(this.file, { force: true });
    return user;
  }

  private async hasExpired(): Promise<boolean> {
    const made = await stat(this.file).catch(() => null);
    return made !== null && Date.now() - made.mtimeMs > GOOD_MS;
  }

  private async first(login: string, password: string): Promise<UserView> {
    const user = await this.users.createFirst(login, password);
    if (user === null) throw conflict('setup.done', 'The first user has been made already. Log in instead.');
    await this.creation.createSample(user.id);
    logger.info({ login }, 'made the first user');
    return user;
  }
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}
