import { LoginSchema, type UserView } from '@mle/protocol';
import { type ExecutionContext, Injectable } from '@nestjs/common';
import { AuthGuard as PassportGuard, PassportStrategy } from '@nestjs/passport';
import type { Request } from 'express';
import { Strategy } from 'passport-local';
import { ProblemError } from '../../platform/http/problem.js';
import { parsed } from '../../platform/http/zod.js';
import { UsersService } from '../users/users.service.js';
import { KnownBrowsers } from './known-browsers.js';
import { LoginLimits } from './login-limits.js';

const wrong = () => new ProblemError(401, 'auth.wrong_password', 'The login or the password is wrong.');

/** Passport's check of a login and a password. */
@Injectable()
export class LocalStrategy extends PassportStrategy(Strategy) {
  constructor(
    private readonly users: UsersService,
    private readonly limits: LoginLimits,
    private readonly browsers: KnownBrowsers,
  ) {
    super({ usernameField: 'login', passwordField: 'password', passReqToCallback: true });
  }

  async validate(request: Request, login: string, password: string): Promise<UserView> {
    const browser = this.browsers.idFor(login, request.headers.cookie);
    const who = { login, address: request.ip ?? 'unknown', browser };
    const user = await this.limits.attempt(who, () => this.users.verify(login, password));
    if (user === null) throw wrong();
    return user;
  }
}

/** For the one route that takes a password; leaves the user in `request.user`. */
@Injectable()
export class LocalGuard extends PassportGuard('local') {
  override async canActivate(context: ExecutionContext): Promise<boolean> {
    const { login, password } = parsed(LoginSchema, context.switchToHttp().getRequest<Request>().body);
    // Passport would look for an empty field in the address too.
    if (login === '' || password === '') throw wrong();
    return (await super.canActivate(context)) as boolean;
  }

  override handleRequest<T>(error: unknown, user: T | false): T {
    if (error !== null && error !== undefined) {
      throw error instanceof Error ? error : new Error('The log-in could not be checked.', { cause: error });
    }
    if (user === false) throw wrong();
    return user;
  }
}
