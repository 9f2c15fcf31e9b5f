import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { MongooseModule } from '@nestjs/mongoose';
import { ProjectCreationModule } from '../../projects/creation/project-creation.module.js';
import { TokensModule } from '../tokens/tokens.module.js';
import { UsersModule } from '../users/users.module.js';
import { AuthController } from './auth.controller.js';
import { AuthGuard } from './auth.guard.js';
import { AuthService } from './auth.service.js';
import { KnownBrowsers } from './known-browsers.js';
import { LocalGuard, LocalStrategy } from './local.strategy.js';
import { LoginLimits } from './login-limits.js';
import { OpenConnections } from './open-connections.js';
import { SESSION_MODEL, SessionSchema } from './session.schema.js';
import { SessionsRepository } from './sessions.repository.js';
import { SetupService } from './setup.service.js';

@Module({
  imports: [
    MongooseModule.forFeature([{ name: SESSION_MODEL, schema: SessionSchema }]),
    UsersModule,
    TokensModule,
    ProjectCreationModule,
  ],
  controllers: [AuthController],
  providers: [
    SessionsRepository,
    AuthService,
    OpenConnections,
    LoginLimits,
    KnownBrowsers,
    LocalStrategy,
    LocalGuard,
    SetupService,
    { provide: APP_GUARD, useClass: AuthGuard },
  ],
  exports: [AuthService],
})
export class AuthModule {}
