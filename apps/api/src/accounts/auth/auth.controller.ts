import {
  type AuthStatus,
  AuthStatusSchema,
  IdSchema,
  LIMITS,
  LoginSchema,
  type SessionView,
  SessionViewSchema,
  type Setup,
  SetupSchema,
  type UpdateMe,
  UpdateMeSchema,
  type UserView,
  UserViewSchema,
} from '@mle/protocol';
import { Controller, Delete, Get, Inject, Patch, Post, Req, Res, UseGuards } from '@nestjs/common';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { CONFIG, type Config } from '../../platform/config/config.js';
import {
  type AuthUser,
  type Credential,
  CurrentCredential,
  CurrentUser,
  Public,
  SessionOnly,
} from '../../platform/http/current-user.js';
import { badRequest, notFound, unauthorized } from '../../platform/http/problem.js';
import { describeRoute } from '../../platform/http/route-docs.js';
import { Returns, ZodBody, ZodParam } from '../../platform/http/zod.js';
import { UsersService } from '../users/users.service.js';
import { AuthService, SESSION_MS } from './auth.service.js';
import { SESSION_COOKIE } from './cookies.js';
import { KnownBrowsers } from './known-browsers.js';
import { LocalGuard } from './local.strategy.js';
import { LoginLimits } from './login-limits.js';
import { SetupService } from './setup.service.js';

@Controller('api/v1/auth')
export class AuthController {
  constructor(
    private readonly auth: AuthService,
    private readonly users: UsersService,
    private readonly setup: SetupService,
    private readonly limits: LoginLimits,
    private readonly browsers: KnownBrowsers,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  @Public()
  @Get('status')
  @Returns(200, AuthStatusSchema, 'Whether the first user is still to be made')
  async status(): Promise<AuthStatus> {
    return { setupNeeded: await this.setup.needed() };
  }

  @Public()
  @Post('setup')
  @Returns(201, UserViewSchema, 'Makes the first user by the one-time token, and logs in')
  async makeFirst(
    @ZodBody(SetupSchema) body: Setup,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<UserView> {
    const user = await this.limits.attempt({ login: 'set-up', address: request.ip ?? 'unknown', browser: null }, () =>
      this.setup.setUp(body),
    );
    return this.logIn(user, request, response);
  }

  @Public()
  @UseGuards(LocalGuard)
  @Post('login')
  @Returns(200, UserViewSchema, 'Begins a session')
  login(
    @Req() request: Request & { user: UserView },
    @Res({ passthrough: true }) response: Response,
  ): Promise<UserView> {
    return this.logIn(request.user, request, response);
  }

  @Public()
  @Post('logout')
  @Returns(204, 'empty', 'Ends the session')
  async logout(@Req() request: Request, @Res({ passthrough: true }) response: Response): Promise<void> {
    await this.auth.endSession(request.headers.cookie);
    SESSION_COOKIE.clear(response, this.config);
  }

  @Get('me')
  @Returns(200, UserViewSchema, 'Who is logged in')
  async me(@CurrentUser() { id }: AuthUser): Promise<UserView> {
    const user = await this.users.byId(id);
    if (user === null) throw unauthorized();
    return user;
  }

  @Patch('me')
  @SessionOnly()
  @Returns(200, UserViewSchema, 'Changes your login or password; a new password ends your other sessions and tokens')
  async updateMe(
    @CurrentUser() user: AuthUser,
    @CurrentCredential() credential: Credential,
    @ZodBody(UpdateMeSchema) body: UpdateMe,
    @Req() request: Request,
  ): Promise<UserView> {
    const { login, password, currentPassword } = body;
    if (password !== undefined) await this.checkPassword(user, currentPassword, request.ip ?? 'unknown');
    const updated = await this.users.updateSelf(user.id, {
      ...(login !== undefined && { login }),
      ...(password !== undefined && { password }),
    });
    if (password !== undefined) await this.auth.endAll(user.id, credential.id);
    return updated;
  }

  @Get('sessions')
  @Returns(200, z.object({ items: z.array(SessionViewSchema) }), 'The browsers in which you are logged in')
  async sessions(
    @CurrentUser() { id }: AuthUser,
    @CurrentCredential() credential: Credential,
  ): Promise<{ items: SessionView[] }> {
    return { items: await this.auth.sessionsOf(id, credential) };
  }

  @Delete('sessions')
  @SessionOnly()
  @Returns(204, 'empty', 'Logs you out everywhere, here too, and takes your tokens back')
  async endSessions(@CurrentUser() { id }: AuthUser, @Res({ passthrough: true }) response: Response): Promise<void> {
    await this.auth.endAll(id);
    SESSION_COOKIE.clear(response, this.config);
  }

  @Delete('sessions/:session')
  @SessionOnly()
  @Returns(204, 'empty', 'Logs you out in one browser')
  async endSession(@CurrentUser() { id }: AuthUser, @ZodParam('session', IdSchema) session: string): Promise<void> {
    if (!(await this.auth.endSessionOf(id, session))) throw notFound('session');
  }

  private async checkPassword(user: AuthUser, given: string | undefined, address: string): Promise<void> {
    const refuse = (message: string) =>
      badRequest('auth.wrong_current_password', message, [{ path: 'currentPassword', message }]);
    if (given === undefined) throw refuse('Give your present password too.');
    // Whoever is logged in is slowed by nobody else.
    const who = { login: user.login, address, browser: `user ${user.id}` };
    const known = await this.limits.attempt(who, () => this.users.verify(user.login, given));
    if (known === null) throw refuse('The present password is another one.');
  }

  private async logIn(user: UserView, request: Request, response: Response): Promise<UserView> {
    // A session that the browser brought along is over: nobody else may know the new one.
    await this.auth.endSession(request.headers.cookie);
    this.browsers.remember(user.login, request.headers.cookie, response);
    SESSION_COOKIE.set(response, this.config, await this.auth.startSession(user.id, browserOf(request)), SESSION_MS);
    return user;
  }
}

const browserOf = ({ ip = '', headers }: Request) => ({
  browser: (headers['user-agent'] ?? '').slice(0, LIMITS.browserNameChars),
  address: ip,
});

// Passport reads this body before any parameter decorator could.
describeRoute(AuthController.prototype, 'login', { body: LoginSchema });
