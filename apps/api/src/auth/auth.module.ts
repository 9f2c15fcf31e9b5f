import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { MongooseModule } from '@nestjs/mongoose';
import { TokensModule } from '../tokens/tokens.module.js';
import { UsersModule } from '../users/users.module.js';
import { AuthGuard } from './auth.guard.js';
import { AuthService } from './auth.service.js';
import { SESSION_MODEL, SessionSchema } from './session.schema.js';
import { SessionsRepository } from './sessions.repository.js';

@Module({
  imports: [MongooseModule.forFeature([{ name: SESSION_MODEL, schema: SessionSchema }]), UsersModule, TokensModule],
  providers: [SessionsRepository, AuthService, { provide: APP_GUARD, useClass: AuthGuard }],
  exports: [AuthService],
})
export class AuthModule {}
