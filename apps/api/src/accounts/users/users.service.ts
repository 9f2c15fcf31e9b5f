import type { CreateUser, UpdateUser, UserView } from '@mle/protocol';
import { Injectable } from '@nestjs/common';
import { isDuplicate } from '../../platform/database/ids.js';
import { SerialQueue } from '../../platform/database/serial-queue.js';
import { badRequest, conflict, notFound } from '../../platform/http/problem.js';
import { logger } from '../../platform/logging/logger.js';
import { QuotasService } from '../../platform/quotas/quotas.service.js';
import { UsageReckoner } from '../../platform/quotas/usage-reckoner.service.js';
import { Hook } from '../../platform/signals/hook.js';
import { ProjectsService } from '../../projects/projects.service.js';
import { isCommonPassword } from './common-passwords.js';
import { hashPassword, passwordMatches } from './passwords.js';
import { UsersRepository } from './users.repository.js';

/** What happened to the user of that id; `reset`: somebody else set the password. */
type UserChange = { changed: string } | { reset: string } | { removed: string };

@Injectable()
export class UsersService {
  /** A user was changed; runs before the change is answered. */
  readonly onChange = new Hook<[change: UserChange]>();
  /** Changes that look at the number of administrators happen one after the other. */
  private readonly line = new SerialQueue();

  constructor(
    private readonly users: UsersRepository,
    private readonly projects: ProjectsService,
    private readonly quotas: QuotasService,
    reckoner: UsageReckoner,
  ) {
    reckoner.owners.add(async (name) => {
      for (const { id } of await this.users.list()) name(id);
    });
  }

  list(): Promise<UserView[]> {
    return this.users.list();
  }

  administratorIds(): Promise<string[]> {
    return this.users.administratorIds();
  }

  byId(id: string): Promise<UserView | null> {
    return this.users.byId(id);
  }

  async isEmpty(): Promise<boolean> {
    return (await this.users.count()) === 0;
  }

  /** The user whose password it is, in the same time whether the login exists or not. */
  async verify(login: string, password: string): Promise<UserView | null> {
    const found = await this.users.credentials(login);
    const matches = await passwordMatches(found?.passwordHash ?? null, password);
    return found !== null && matches ? found.user : null;
  }

  /** @throws ProblemError where the login is taken or the password one that many have. */
  async create({ login, password, role }: CreateUser): Promise<UserView> {
    const passwordHash = await hashOf(password, login);
    const user = await this.withFreeLogin(login, () => this.users.insert({ login, passwordHash, role }));
    logger.info({ userId: user.id, login: user.login, role }, 'added a user');
    return user;
  }

  /** The first user, an administrator; null when somebody was faster. */
  createFirst(login: string, password: string): Promise<UserView | null> {
    return this.line.run(async () => ((await this.isEmpty()) ? this.create({ login, password, role: 'admin' }) : null));
  }

  /** For the command line: adds the user, or sets the password of the one that there is. */
  async addOrReset(login: string, password: string): Promise<{ user: UserView; added: boolean }> {
    const known = await this.users.credentials(login);
    if (known === null) {
      const first = await this.createFirst(login, password);
      return { user: first ?? (await this.create({ login, password, role: 'member' })), added: true };
    }
    return { user: await this.update(known.user.id, { password }), added: false };
  }

  async update(id: string, { password, role }: UpdateUser): Promise<UserView> {
    const { login } = await this.existing(id);
    const passwordHash = password === undefined ? undefined : await hashOf(password, login);
    return this.line.run(async () => {
      const before = await this.existing(id);
      if (role === 'member' && before.role === 'admin')
        await this.keepAnAdmin('Make another user an administrator first.');
      const user = await this.save(id, {
        ...(passwordHash !== undefined && { passwordHash }),
        ...(role !== undefined && { role }),
      });
      if (passwordHash !== undefined) {
        logger.info({ userId: id }, 'the password of a user was set by an administrator');
        await this.onChange.run({ reset: id });
      }
      if (user.role !== before.role) logger.info({ userId: id, role: user.role }, 'the role of a user was changed');
      return user;
    });
  }

  /** The user's own change; the caller has checked the present password. */
  async updateSelf(id: string, { login, password }: { login?: string; password?: string }): Promise<UserView> {
    const name = login ?? (await this.existing(id)).login;
    const passwordHash = password === undefined ? undefined : await hashOf(password, name);
    logger.info(
      {
        userId: id,
        changed: [...(login === undefined ? [] : ['login']), ...(password === undefined ? [] : ['secret'])],
      },
      'a user changes the account',
    );
    const change = { ...(login !== undefined && { login }), ...(passwordHash !== undefined && { passwordHash }) };
    return this.withFreeLogin(login ?? '', () => this.save(id, change));
  }

  async remove(id: string): Promise<void> {
    await this.line.run(async () => {
      const user = await this.existing(id);
      if (user.role === 'admin') await this.keepAnAdmin('The last administrator stays: make another user one first.');
      const count = await this.projects.countOf(id);
      if (count > 0) {
        throw conflict(
          'user.has_projects',
          `${user.login} still has ${count === 1 ? 'a project' : `${count} projects`}. Delete or hand over what is there, then remove the user.`,
        );
      }
      await this.users.delete(id);
      await this.quotas.forget(id);
      logger.info({ userId: id, login: user.login }, 'removed a user');
      await this.onChange.run({ removed: id });
    });
  }

  private async save(id: string, change: Parameters<UsersRepository['update']>[1]): Promise<UserView> {
    const user = await this.users.update(id, change);
    if (user === null) throw notFound('user');
    await this.onChange.run({ changed: id });
    return user;
  }

  private async existing(id: string): Promise<UserView> {
    const user = await this.users.byId(id);
    if (user === null) throw notFound('user');
    return user;
  }

  private async keepAnAdmin(advice: string): Promise<void> {
    if ((await this.users.countAdmins()) <= 1)
      throw conflict('user.last_admin', `This is the only administrator. ${advice}`);
  }

  private async withFreeLogin<T>(login: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (isDuplicate(error)) throw conflict('user.login_taken', `The login ${login} is taken. Choose another one.`);
      throw error;
    }
  }
}

/** @throws ProblemError 400 for one of those that are tried first. */
function hashOf(password: string, login: string): Promise<string> {
  if (!isCommonPassword(password, login)) return hashPassword(password);
  const message = 'Many people use this password, and it is tried first. Take another one, such as four words.';
  throw badRequest('user.common_password', message, [{ path: 'password', message }]);
}
