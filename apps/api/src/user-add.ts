import { LoginNameSchema, PasswordSchema } from '@mle/protocol';
import { type DynamicModule, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MongooseModule } from '@nestjs/mongoose';
import { AuthModule } from './accounts/auth/auth.module.js';
import { UsersModule } from './accounts/users/users.module.js';
import { UsersService } from './accounts/users/users.service.js';
import { JoinToken, JoinTokenSchema, Machine, MachineSchema } from './machines/machine.schema.js';
import { takesMembers } from './machines/machine-fitness.js';
import { type MachineRecord, MachinesRepository } from './machines/machines.repository.js';
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
        MongooseModule.forFeature([
          { name: Machine.name, schema: MachineSchema },
          { name: JoinToken.name, schema: JoinTokenSchema },
        ]),
      ],
      providers: [MachinesRepository],
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
    if (added && user.role === 'member')
      process.stdout.write(exposed(user.login, await app.get(MachinesRepository).list()));
  } catch (error) {
    if (error instanceof ProblemError && error.status < 500) throw new ConfigError([error.detail]);
    throw error;
  } finally {
    await app.close();
  }
}

/** What an administrator has to know, and to decide, where programs have the rights of the server. */
function exposed(login: string, machines: readonly MachineRecord[]): string {
  const machine = machines.find(({ provider, inventory }) => provider === 'local' && inventory?.isolated === false);
  if (machine === undefined) return '';
  const now = takesMembers(machine)
    ? `Members may run there, so ${login} can. To forbid it, untick "Members may run here"`
    : `Members run nothing there, and so does ${login}. To allow it, tick "Members may run here"`;
  return (
    'This server was not started as root. ' +
    `Whoever runs programs on ${machine.name} can read its keys, all projects and all that is stored.\n` +
    `${now} in the configuration of the machine, on the page Machines.\n`
  );
}
