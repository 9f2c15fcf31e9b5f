import { LoginNameSchema, PasswordSchema } from '@mle/protocol';
import { type DynamicModule, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AuthModule } from './accounts/auth/auth.module.js';
import { UsersModule } from './accounts/users/users.module.js';
import { UsersService } from './accounts/users/users.service.js';
import type { Config } from './platform/config/config.js';
import { ConfigModule } from './platform/config/config.module.js';
import { ConfigError } from './platform/config/config-error.js';
import { DatabaseModule } from './platform/database/database.module.js';
import { ProblemError } from './platform/http/problem.js';
import { logger, NestLogger } from './platform/logging/logger.js';
import { RedisModule } from './platform/redis/redis.module.js';
import { EventsModule } from './platform/signals/events.module.js';
import { ProjectCreationModule } from './projects/creation/project-creation.module.js';
import { ProjectCreationService } from './projects/creation/project-creation.service.js';

/** As much of the server as users need; nothing that would take part in running things. */
@Module({})
class UserAddModule {
  static with(config: Config): DynamicModule {
    return {
      module: UserAddModule,
      imports: [
        ConfigModule.with(config),
        DatabaseModule,
        RedisModule,
        EventsModule,
        UsersModule,
        AuthModule,
        ProjectCreationModule,
      ],
    };
  }
}

/**
 * Adds a user, or sets the password of the one that there is; the first one becomes an administrator. Works beside a
 * running server.
 */
export async function addUser(config: Config, login: string, input: string): Promise<void> {
  const name = LoginNameSchema.safeParse(login);
  if (!name.success) throw new ConfigError([`${login} is no login. ${name.error.issues[0]?.message ?? ''}`]);
  const password = PasswordSchema.safeParse(input.replace(/\r?\n$/, ''));
  if (!password.success)
    throw new ConfigError([password.error.issues[0]?.message ?? 'Give a password on standard input.']);
  logger.level = 'silent';
  const app = await NestFactory.createApplicationContext(UserAddModule.with(config), {
    logger: new NestLogger(),
    abortOnError: false,
  });
  try {
    const { user, added } = await app.get(UsersService, { strict: false }).addOrReset(name.data, password.data);
    if (added) await app.get(ProjectCreationService, { strict: false }).createSample(user.id);
    process.stdout.write(added ? `Added ${user.login} as ${user.role}.\n` : `Set the password of ${user.login}.\n`);
  } catch (error) {
    if (error instanceof ProblemError && error.status < 500) throw new ConfigError([error.detail]);
    throw error;
  } finally {
    await app.close();
  }
}
